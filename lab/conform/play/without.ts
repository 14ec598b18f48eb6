import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from '../../draw/dice.ts';
import type { FactLine } from '../score/fact-lines.ts';
import type { RuleLines } from '../score/rule-lines.ts';
import type { Model } from '../stage/model.ts';
import { ask, type Judged, type Told } from './ask.ts';
import type { Instead } from './rounds.ts';
import type { Tally } from './tally.ts';
import { withoutEffect } from './without-effect.ts';

/** A scene's conversations, and what of its capture may be left out: rules, and other facts that command lines made. */
export type Candidate = { readonly told: readonly Told[]; readonly lines: RuleLines; readonly facts: readonly FactLine[] };

/** So many conversations that met a rule are asked about again at first, more where its construct is behind. */
const [FIRST, BEHIND] = [3, 9];
/** So many in all where one of them went otherwise. */
const ALL = 120;

/** Something without effect, and the conversations that met it in an order that was drawn. */
type Trial = {
  readonly at: string;
  readonly by: readonly string[];
  readonly lines: Instead['lines'];
  readonly meets: (judged: Judged) => boolean;
  readonly told: readonly Told[];
};

const countedBy = ({ outcome }: Judged): readonly string[] => outcome?.walks.flatMap(({ counted }) => counted) ?? [];
const citedBy = ({ outcome }: Judged): readonly string[] => outcome?.walks.flatMap(({ cites = [] }) => cites) ?? [];

/**
 * How many packets would have gone otherwise without one rule, route, entry or setting, for some of each scene, those of the least
 * tried constructs first: the model reads the capture as if the line did nothing but count, or were not there, and is asked again
 * about conversations that met it.
 */
export async function decidedBy(
  { model, decided: tally }: { readonly model: Model; readonly decided: Tally },
  capture: string,
  candidates: readonly Candidate[],
  most: number,
  dice: Dice,
): Promise<ReadonlyMap<string, number>> {
  const decided = new Map<string, number>();
  if (most === 0) return decided;
  const trials = candidates.flatMap((one) => chosen(trialsOf(capture, one, dice), tally, most, dice));
  const tried = new Map(trials.map(({ at, by }) => [at, by.some((id) => tally.lacks(id)) ? BEHIND : FIRST]));
  const some = ({ at }: Trial): number => tried.get(at) ?? FIRST;
  const first = await changedBy(model, trials, (one) => one.told.slice(0, some(one)));
  for (const { at, by } of trials) {
    note(at, by, first.get(at) ?? 0);
    tally.try(by, (first.get(at) ?? 0) > 0);
  }
  const promising = trials.filter(({ at, by }) => (first.get(at) ?? 0) > 0 && by.some((id) => tally.wants(id)));
  const more = await changedBy(model, promising, (one) => one.told.slice(some(one), ALL));
  for (const { at, by } of promising) note(at, by, more.get(at) ?? 0);
  return decided;

  function note(at: string, by: readonly string[], packets: number): void {
    decided.set(at, (decided.get(at) ?? 0) + packets);
    tally.add(by, packets);
  }
}

/** Those of constructs that have decided too few: of each in turn, the fewest first, and those that are likely to decide. */
function chosen(trials: readonly Trial[], tally: Tally, most: number, dice: Dice): readonly Trial[] {
  const turns = new Map<string, number>();
  const ranked = dice.shuffle(trials).flatMap((trial) => {
    const [neediest] = trial.by.filter((id) => tally.wants(id)).sort((one, other) => tally.of(one) - tally.of(other));
    if (neediest === undefined) return [];
    const turn = 1 + (turns.get(neediest) ?? 0);
    turns.set(neediest, turn);
    return [{ trial, rank: (turn + tally.of(neediest)) / tally.chance(trial.by) }];
  });
  return ranked
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, most)
    .map(({ trial }) => trial);
}

/** What some packets met and others did not and that can lose its effect. */
function trialsOf(capture: string, { told, lines, facts }: Candidate, dice: Dice): readonly Trial[] {
  const right = told.filter(({ judged }) => judged.length > 0 && judged.every(({ is }) => is === 'same'));
  const counted = new Map(right.map((one) => [one, new Set(one.judged.flatMap(countedBy))]));
  const texts = new Map<string, readonly string[]>();
  const ofRules = [...lines].flatMap(([at, rule]): readonly Trial[] => {
    const [file, line] = placeOf(at);
    const without = withoutEffect(textAt(capture, file, line, texts));
    const own = without === undefined ? [] : right.filter((one) => counted.get(one)?.has(at) === true);
    if (without === undefined || own.length === 0) return [];
    const meets = (judged: Judged): boolean => countedBy(judged).includes(at);
    return [{ at, by: rule.by, lines: { [file]: { [line]: without } }, meets, told: dice.shuffle(own) }];
  });
  const ofFacts = facts.flatMap(({ at, cited, rule, without }): readonly Trial[] => {
    const meets = (judged: Judged): boolean => citedBy(judged).includes(cited);
    const own = dice.shuffle(right.filter(({ judged }) => judged.some(meets)));
    return own.length === 0 ? [] : [{ at, by: rule.by, lines: without, meets, told: own }];
  });
  return [...ofRules, ...ofFacts].filter(({ meets }) => told.some(({ judged }) => judged.some((one) => !meets(one))));
}

const placeOf = (at: string): readonly [file: string, line: number] => {
  const colon = at.lastIndexOf(':');
  return [at.slice(0, colon), Number(at.slice(colon + 1))];
};

/** The line of a capture's file; the files are read once. */
function textAt(capture: string, file: string, line: number, texts: Map<string, readonly string[]>): string {
  const text = texts.get(file) ?? readFileSync(join(capture, file), 'utf8').split('\n');
  texts.set(file, text);
  return text[line - 1] ?? '';
}

/** How many packets of some of each trial's conversations go otherwise. */
async function changedBy(
  model: Model,
  trials: readonly Trial[],
  some: (trial: Trial) => readonly Told[],
): Promise<ReadonlyMap<string, number>> {
  const asked = trials.flatMap((trial) => some(trial).map((before) => ({ trial, before, name: `${trial.at}/` })));
  const again = await ask(
    model,
    asked.map(({ trial, before, name }) => ({ ...before.spoken, instead: { name, lines: trial.lines } })),
  );
  const changed = new Map<string, number>();
  for (const [at, { trial, before }] of asked.entries()) {
    const packets = changedIn(again[at]?.judged ?? [], before.judged, trial);
    changed.set(trial.at, (changed.get(trial.at) ?? 0) + packets);
  }
  return changed;
}

/** How many packets that met it go otherwise; one, where only others do or what they leave behind differs. */
function changedIn(judged: readonly Judged[], before: readonly Judged[], { meets }: Trial): number {
  if (judged.some(({ is }) => is === 'unknown')) return 0;
  const others = judged.map(({ is }, at) => is === 'other' && before[at] !== undefined && meets(before[at]));
  const own = others.filter(Boolean).length;
  return own > 0 ? own : judged.some(({ is }) => is === 'other') || leaveOtherwise(judged, before) ? 1 : 0;
}

/** Whether nothing that the last packet may leave behind is what it may have left before. */
function leaveOtherwise(judged: readonly Judged[], before: readonly Judged[]): boolean {
  const left = (all: readonly Judged[]): readonly string[] =>
    (all.at(-1)?.matching ?? []).map(({ connections }) => JSON.stringify(connections));
  const was = left(before);
  return left(judged).every((one) => !was.includes(one));
}
