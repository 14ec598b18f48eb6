import { Facts, notCollected, type Partition } from '#facts/facts';
import { type KindId, kinds } from '#facts/kinds';
import type { Gap } from '#snapshot/gap';
import type { Scope } from '#snapshot/scope';
import type { Clock, Entry, Snapshot } from '#snapshot/snapshot';
import type { Format, Input, Parsed, Problem } from './format.ts';
import { formats } from './formats.ts';
import { merge, type Conflict, type Placed } from './merge.ts';
import { ParseMemo } from './parse-memo.ts';
import { recognise } from './recognise.ts';
import { type Section, sections } from './transcript.ts';

/** A line that was not understood, in its file. */
export type FileProblem = { readonly file: string; readonly line: number; readonly why: string };

/**
 * What a file was taken for, how many readings it gave and what in it was not understood. A file with several commands is
 * listed once for each.
 */
export type Taken = {
  readonly file: string;
  readonly format: string | null;
  readonly readings: number;
  readonly problems: readonly Problem[];
};

/** A snapshot as facts, with all that was not understood. */
export type ReadSnapshot = { readonly facts: Facts; readonly problems: readonly FileProblem[]; readonly formats: readonly Taken[] };

type Collected = {
  readonly placed: Map<string, { kind: KindId; scope: Scope; readings: Placed[] }>;
  readonly gaps: Gap[];
  readonly problems: FileProblem[];
  readonly taken: Taken[];
};

/** Reads every entry of a snapshot into facts: recognised, parsed, and readings of one thing joined. */
export function readFacts(snapshot: Snapshot, known: readonly Format[] = formats, memo = new ParseMemo()): ReadSnapshot {
  const byId = new Map(known.map((format) => [format.id, format]));
  const clocks = new Map(snapshot.index.clocks.map((clock) => [`${clock.node}\0${clock.look}`, clock]));
  const all: Collected = { placed: new Map(), gaps: [...snapshot.index.gaps], problems: [], taken: [] };
  for (const entry of snapshot.index.entries) {
    const clock = clocks.get(`${entry.scope.node}\0${entry.look}`);
    const text = snapshot.text(entry);
    const named = entry.format === undefined ? undefined : byId.get(entry.format);
    if (named !== undefined) readSection(entry, wholeOf(entry, text), clock, named, memo, all);
    else
      for (const section of sections(text)) {
        readSection(entry, section, clock, recognise(section.text, known, saidOf(entry, section)), memo, all);
      }
  }
  return { facts: Facts.of(partitions(all)), problems: all.problems, formats: all.taken };
}

const saidOf = ({ argv, file }: Entry, section: Section): string =>
  [argv, section.argv].find((words) => words.length > 0)?.join(' ') ?? file.slice(file.lastIndexOf('/') + 1);

const wholeOf = (entry: Entry, text: string): Section => ({ argv: entry.argv, host: undefined, exit: entry.exit, text, line: 1 });

function readSection(
  entry: Entry,
  section: Section,
  clock: Clock | undefined,
  format: Format | undefined,
  memo: ParseMemo,
  all: Collected,
): void {
  const exit = entry.exit ?? section.exit;
  const argv = entry.argv.length > 0 ? entry.argv : section.argv;
  const { file, scope, look } = entry;
  const input: Input = { file, scope, argv, exit, look, text: section.text, clock };
  const parsed: Parsed = format === undefined ? { readings: [], problems: [] } : memo.parse(format, input);
  const told = parsed.readings.filter(({ facts, gap }) => facts.length > 0 || gap !== undefined);
  const failed = exit !== null && exit !== 0;
  if (failed && told.length === 0) all.gaps.push(...failures(input, format));
  const readings = failed ? told : parsed.readings;
  for (const reading of readings) place(all, reading.kind, reading.scope ?? scope, { reading, file, look, at: clock?.wall });
  for (const { line, why } of parsed.problems) all.problems.push({ file, line, why });
  all.taken.push({ file, format: format?.id ?? null, readings: readings.length, problems: parsed.problems });
}

function place(all: Collected, kind: KindId, scope: Scope, placed: Placed): void {
  const name = `${kind}\0${scope.node}\0${scope.netns}`;
  const slot = all.placed.get(name) ?? { kind, scope, readings: [] };
  slot.readings.push(placed);
  all.placed.set(name, slot);
}

/** The gaps that a failed command leaves: of each kind that its format tells, in the tool's words. */
function failures(input: Input, format: Format | undefined): readonly Gap[] {
  const words = input.text.trim().split('\n').slice(-1)[0]?.slice(0, 200) ?? '';
  const said = `${input.argv.join(' ') || input.file}: ${words === '' ? `exit ${input.exit ?? ''}` : words}`;
  const denied = /permission denied|operation not permitted|must be root|you must be root/i.test(words);
  const of: readonly string[] = format?.tells ?? [format?.id ?? input.argv[0] ?? input.file];
  return of.map((kind) => ({ of: kind, scope: input.scope, why: denied ? 'denied' : 'failed', detail: said }));
}

function partitions(all: Collected): readonly Partition[] {
  const conflicts: Conflict[] = [];
  const made = new Map<string, Partition>();
  for (const [name, { kind, scope, readings }] of all.placed) made.set(name, merge(kind, scope, readings, conflicts));
  for (const { origin, why } of conflicts) all.problems.push({ file: origin.file, line: origin.line ?? 0, why });
  for (const gap of all.gaps) {
    if (!isKind(gap.of)) continue;
    const name = `${gap.of}\0${gap.scope.node}\0${gap.scope.netns}`;
    const partition = made.get(name) ?? empty(gap.of, gap.scope);
    if (partition.readings.length === 0 || partition.covers !== true) made.set(name, { ...partition, gap } as Partition);
  }
  return [...made.values()];
}

const isKind = (id: string): id is KindId => Object.hasOwn(kinds, id);

const empty = (kind: KindId, scope: Scope): Partition =>
  ({ kind, scope, facts: [], looks: [], readings: [], covers: [], gap: notCollected(kind, scope) }) as Partition;
