import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from '../../draw/dice.ts';
import type { Model } from '../stage/model.ts';
import type { RuleLines } from '../score/rule-lines.ts';
import { ask, type Judged, type Told } from './ask.ts';

/** A scene's conversations, and the rules of the capture that may be left out. */
export type Candidate = { readonly told: readonly Told[]; readonly lines: RuleLines };

const countedBy = ({ outcome }: Judged): readonly string[] => outcome?.walks.flatMap(({ counted }) => counted) ?? [];

/**
 * How many packets would have come to another end without one rule, for some rules of each scene: the rule's line is taken out
 * of a copy of the capture, and the packets that it counted are asked about again. One copy serves one rule of each scene.
 */
export async function decidedBy(
  { model, decided: known }: { readonly model: Model; readonly decided: Map<string, number> },
  capture: string,
  candidates: readonly Candidate[],
  turns: number,
  dice: Dice,
): Promise<ReadonlyMap<string, number>> {
  const decided = new Map<string, number>();
  const queues = candidates.map(({ told, lines }) => chosen(told, lines, turns, known, dice));
  const copy = `${capture}-without`;
  for (let turn = 0; turn < turns; turn++) {
    const out = queues.flatMap((queue, scene) => {
      const line = queue[turn];
      return line === undefined ? [] : [{ line, told: candidates[scene]?.told ?? [], by: candidates[scene]?.lines.get(line)?.by ?? [] }];
    });
    if (out.length === 0) break;
    withoutLines(
      capture,
      copy,
      out.map(({ line }) => line),
    );
    await model.open(copy);
    for (const { line, told, by } of out) {
      const changed = await changedWithout(model, line, told);
      decided.set(line, changed);
      for (const id of by) known.set(id, (known.get(id) ?? 0) + changed);
    }
  }
  rmSync(copy, { recursive: true, force: true });
  return decided;
}

/** Rules that some packets met and others did not, those of the least tried constructs first. */
function chosen(told: readonly Told[], lines: RuleLines, turns: number, known: ReadonlyMap<string, number>, dice: Dice): readonly string[] {
  const hits = new Map<string, number>();
  const all = told.flatMap(({ judged }) => judged);
  for (const judged of all) for (const line of new Set(countedBy(judged))) hits.set(line, (hits.get(line) ?? 0) + 1);
  const fitting = [...lines.keys()].filter((line) => (hits.get(line) ?? 0) > 0 && (hits.get(line) ?? 0) < all.length);
  const least = (line: string): number => Math.min(...(lines.get(line)?.by ?? []).map((id) => known.get(id) ?? 0));
  return dice
    .shuffle(fitting)
    .toSorted((one, other) => least(one) - least(other))
    .slice(0, turns);
}

function withoutLines(capture: string, copy: string, lines: readonly string[]): void {
  rmSync(copy, { recursive: true, force: true });
  cpSync(capture, copy, { recursive: true });
  for (const [file, own] of Map.groupBy(lines, (line) => line.slice(0, line.lastIndexOf(':')))) {
    const path = join(copy, file);
    const numbers = new Set(own.map((line) => Number(line.slice(line.lastIndexOf(':') + 1))));
    const kept = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, kept.map((text, at) => (numbers.has(at + 1) ? '' : text)).join('\n'));
  }
}

/** So many conversations that met a rule are asked about again at most. */
const ASKED = 40;

async function changedWithout(model: Model, line: string, told: readonly Told[]): Promise<number> {
  const met = told.filter(({ judged }) => judged.some((one) => countedBy(one).includes(line)) && judged.every(({ is }) => is === 'same'));
  const asked = met.slice(0, ASKED);
  const again = await ask(
    model,
    asked.map(({ spoken }) => spoken),
  );
  const changed = again.filter(
    ({ judged }, at) => judged.some(({ is }) => is !== 'same') || leftBy(judged) !== leftBy(asked[at]?.judged ?? []),
  );
  return Math.round((changed.length * met.length) / Math.max(1, asked.length));
}

/** What the packets left behind. */
const leftBy = (judged: readonly Judged[]): string => JSON.stringify(judged.at(-1)?.outcome?.connections ?? []);
