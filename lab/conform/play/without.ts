import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from '../../draw/dice.ts';
import type { Model } from '../stage/model.ts';
import type { RuleLines } from '../score/rule-lines.ts';
import { ask, type Judged, type Told } from './ask.ts';
import { withoutEffect } from './without-effect.ts';

/** A scene's conversations, and the rules of the capture that may be left out. */
export type Candidate = { readonly told: readonly Told[]; readonly lines: RuleLines };

/** So many rules of a scene lose their effect at once at most, and so many conversations that met one are asked about again. */
const RULES = 16;
const ASKED = 6;

/** A rule without effect, and conversations that met it and no other of those. */
type Trial = { readonly line: string; readonly asked: readonly Told[] };

const countedBy = ({ outcome }: Judged): readonly string[] => outcome?.walks.flatMap(({ counted }) => counted) ?? [];

/**
 * How many conversations would have gone otherwise without one rule, for some rules of each scene: in a copy of the capture rules of
 * which no two met the same conversation lose their effect but go on counting, and conversations that met them are asked about
 * again. One that then meets another of those rules tells nothing.
 */
export async function decidedBy(
  { model, decided: known }: { readonly model: Model; readonly decided: Map<string, number> },
  capture: string,
  candidates: readonly Candidate[],
  turns: number,
  dice: Dice,
): Promise<ReadonlyMap<string, number>> {
  const decided = new Map<string, number>();
  const queues = candidates.map(({ told, lines }) => chosen(capture, told, lines, known, dice));
  const copy = `${capture}-without`;
  for (let turn = 0; turn < turns; turn++) {
    const trials = candidates.map(({ told }, scene) => apart(queues[scene] ?? [], told));
    if (trials.every(({ length }) => length === 0)) break;
    withoutLines(
      capture,
      copy,
      trials.flatMap((own) => own.map(({ line }) => line)),
    );
    await model.open(copy);
    for (const [scene, own] of trials.entries()) {
      for (const [line, changed] of await changedWithout(model, own)) {
        decided.set(line, changed);
        for (const id of candidates[scene]?.lines.get(line)?.by ?? []) known.set(id, (known.get(id) ?? 0) + changed);
      }
    }
  }
  rmSync(copy, { recursive: true, force: true });
  return decided;
}

/** Rules that some packets met and others did not and that can lose their effect, those of the least tried constructs first. */
function chosen(capture: string, told: readonly Told[], lines: RuleLines, known: ReadonlyMap<string, number>, dice: Dice): string[] {
  const hits = new Map<string, number>();
  const all = told.flatMap(({ judged }) => judged);
  for (const judged of all) for (const line of new Set(countedBy(judged))) hits.set(line, (hits.get(line) ?? 0) + 1);
  const texts = new Map<string, readonly string[]>();
  const fitting = [...lines.keys()].filter(
    (line) => (hits.get(line) ?? 0) > 0 && (hits.get(line) ?? 0) < all.length && withoutEffect(textAt(capture, line, texts)) !== undefined,
  );
  const least = (line: string): number => Math.min(...(lines.get(line)?.by ?? []).map((id) => known.get(id) ?? 0));
  return [...dice.shuffle(fitting).toSorted((one, other) => least(one) - least(other))];
}

/** The line of a capture's file; the files are read once. */
function textAt(capture: string, at: string, texts: Map<string, readonly string[]>): string {
  const [file, number] = placeOf(at);
  const text = texts.get(file) ?? readFileSync(join(capture, file), 'utf8').split('\n');
  texts.set(file, text);
  return text[number - 1] ?? '';
}

const placeOf = (line: string): readonly [file: string, number: number] => {
  const colon = line.lastIndexOf(':');
  return [line.slice(0, colon), Number(line.slice(colon + 1))];
};

/** Takes rules from a queue, the first in any case, as long as each has conversations that met none of the others. */
function apart(queue: string[], told: readonly Told[]): readonly Trial[] {
  const right = told.filter(({ judged }) => judged.length > 0 && judged.every(({ is }) => is === 'same'));
  const met = new Map(right.map((one) => [one, new Set(one.judged.flatMap(countedBy))]));
  const trials: Trial[] = [];
  for (const line of [...queue]) {
    if (trials.length === RULES) break;
    const others = trials.map((trial) => trial.line);
    const isFree = trials.every(({ asked }) => asked.every((one) => met.get(one)?.has(line) !== true));
    const own = isFree ? right.filter((one) => met.get(one)?.has(line) === true && !others.some((other) => met.get(one)?.has(other))) : [];
    if (own.length === 0) continue;
    trials.push({ line, asked: own.slice(0, ASKED) });
    queue.splice(queue.indexOf(line), 1);
  }
  return trials;
}

function withoutLines(capture: string, copy: string, lines: readonly string[]): void {
  rmSync(copy, { recursive: true, force: true });
  cpSync(capture, copy, { recursive: true });
  for (const [file, own] of Map.groupBy(lines, (line) => placeOf(line)[0])) {
    const path = join(copy, file);
    const numbers = new Set(own.map((line) => placeOf(line)[1]));
    const texts = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, texts.map((text, at) => (numbers.has(at + 1) ? (withoutEffect(text) ?? text) : text)).join('\n'));
  }
}

/** How many of each rule's conversations go otherwise. */
async function changedWithout(model: Model, trials: readonly Trial[]): Promise<ReadonlyMap<string, number>> {
  const again = await ask(
    model,
    trials.flatMap(({ asked }) => asked.map(({ spoken }) => spoken)),
  );
  const lines = new Set(trials.map(({ line }) => line));
  let next = 0;
  return new Map(
    trials.map(({ line, asked }) => {
      const changed = asked.filter((before) => {
        const judged = again[next++]?.judged ?? [];
        return isOtherwise(judged, before.judged) && !judged.some((one) => meetsOther(one, line, lines));
      });
      return [line, changed.length];
    }),
  );
}

const isOtherwise = (judged: readonly Judged[], before: readonly Judged[]): boolean =>
  judged.every(({ is }) => is !== 'unknown') && (judged.some(({ is }) => is === 'other') || leftBy(judged) !== leftBy(before));

const meetsOther = ({ answer }: Judged, line: string, lines: ReadonlySet<string>): boolean =>
  'outcomes' in answer &&
  answer.outcomes.some(({ walks }) => walks.some(({ counted }) => counted.some((one) => one !== line && lines.has(one))));

/** What the packets left behind. */
const leftBy = (judged: readonly Judged[]): string => JSON.stringify(judged.at(-1)?.outcome?.connections ?? []);
