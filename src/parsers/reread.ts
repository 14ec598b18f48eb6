import type { Facts } from '#facts/facts';
import type { Snapshot } from '#snapshot/snapshot';
import { formats } from './formats.ts';
import type { ParseMemo } from './parse-memo.ts';
import { readFacts } from './read.ts';

/** The facts as if files of the snapshot had these texts; what was read out of none of them is shared. */
export function reread(facts: Facts, { index, text }: Snapshot, texts: ReadonlyMap<string, string>, memo: ParseMemo): Facts {
  const touched = [...facts.partitions()].filter(({ readings }) => readings.some(({ file }) => texts.has(file)));
  const files = new Set([...texts.keys(), ...touched.flatMap(({ readings }) => readings.map(({ file }) => file))]);
  const entries = index.entries.filter(({ file }) => files.has(file));
  const again = readFacts({ index: { ...index, entries }, text: (entry) => texts.get(entry.file) ?? text(entry) }, formats, memo);
  const fresh = [...again.facts.partitions()].filter(({ kind, scope }) =>
    touched.some((one) => one.kind === kind && one.scope.node === scope.node && one.scope.netns === scope.netns),
  );
  return facts.with(...fresh);
}
