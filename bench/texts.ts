import { type Archive, snapshotOf } from '#collect/archive/archive';
import { diagnose } from '#engine/diagnose';
import type { Fault } from '#engine/fault';
import { invariants } from '#engine/invariants';
import { faults } from '#faults/faults';
import { readFacts } from '#parsers/read';
import { combine } from '#snapshot/combine';
import { type Figure, once } from './measure.ts';
import { recordedArchives } from './stretch/recorded.ts';
import { stretched } from './stretch/stretch.ts';

const known: readonly Fault[] = faults as readonly unknown[] as readonly Fault[];

/** What reading costs at least: every text once, as lines. */
function linesOf(archives: readonly Archive[]): number {
  let lines = 0;
  for (const { index, text } of archives.map(snapshotOf)) for (const entry of index.entries) lines += text(entry).split('\n').length;
  return lines;
}

/** Outputs of commands of a cluster of any size, read and diagnosed; baselines: its lines split, and reading alone. */
export async function textFigures(nodes: number, pods: number): Promise<readonly Figure[]> {
  const archives = stretched(await recordedArchives(), nodes, pods);
  const split = once(() => linesOf(archives));
  const read = once(() => readFacts(combine(archives.map(snapshotOf))).facts);
  const judged = once(() =>
    diagnose(read.value, known, invariants(read.value)).findings.map(({ fault, status }) => `${fault.id} ${status}`),
  );
  return [
    { of: `reading the outputs of ${nodes}×${pods}`, value: read.ms, unit: 'ms', baseline: split.ms },
    { of: `and diagnosing: ${judged.value.join() || 'nothing found'}`, value: read.ms + judged.ms, unit: 'ms', baseline: read.ms },
  ];
}
