import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dice, diceOf } from '../draw/dice.ts';
import { residentOutside } from '../product.ts';
import { type Drawn, drawCase, type Query } from './draw.ts';
import { type Judgement, SETTLED } from './explained.ts';
import { type Judge, startJudge } from './judge.ts';
import { productSays, type Run } from './product.ts';

/** A difference that nothing explains, with all that is needed to see it again. */
export type Difference = { readonly seed: string; readonly query: Query; readonly judgement: Judgement };

/** What came of comparing. */
export type Score = {
  readonly verdicts: number;
  readonly allowed: number;
  /** Verdicts that the product did not know, and that it might have: what is settled is not among them. */
  readonly unknown: number;
  /** Queries that the judge refused: a named port where the destination is no pod. */
  readonly refused: number;
  readonly settled: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
};

const PER_CASE = 250;

/** How a cluster is drawn, with so many queries. */
type Draw = (dice: Dice, queries: number) => Drawn;

/** Asks both about random clusters until there are so many verdicts. */
export async function comparePolicies(judgePath: string, verdicts: number, seed: string, draw: Draw = drawCase): Promise<Score> {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-policies-'));
  const [judge, product] = [startJudge(judgePath), residentOutside()];
  const score = { verdicts: 0, allowed: 0, unknown: 0, refused: 0, settled: new Map<string, number>(), differences: [] as Difference[] };
  try {
    const most = 2 * Math.ceil(verdicts / PER_CASE) + 10; // the judge refuses some
    for (let index = 0; score.verdicts < verdicts && index < most; index++) {
      const own = `${seed}/${index}`;
      const drawn = draw(diceOf(own), PER_CASE);
      const judgements = await judgementsOf(drawn, join(folder, String(index)), judge, product.run);
      for (const [at, query] of drawn.queries.entries()) take(score, drawn, query, judgements[at], own);
    }
    return score;
  } finally {
    judge.end();
    product.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Counting = { -readonly [K in 'verdicts' | 'allowed' | 'unknown' | 'refused']: number } & {
  readonly settled: Map<string, number>;
  readonly differences: Difference[];
};

function take(score: Counting, drawn: Drawn, query: Query, judgement: Judgement | undefined, seed: string): void {
  if (judgement === undefined) throw new Error(`${seed}: an answer is missing`);
  const { check, list, product } = judgement;
  if (check === 'E') {
    score.refused++;
    return;
  }
  score.verdicts++;
  if (product === '1') score.allowed++;
  if (product === check && (list === check || list === '-' || list === 'E')) return;
  const known = SETTLED.find(({ fits }) => fits(drawn, query, judgement));
  if (known === undefined && product === '?') score.unknown++;
  if (known === undefined) score.differences.push({ seed, query, judgement });
  else score.settled.set(known.name, (score.settled.get(known.name) ?? 0) + 1);
}

async function judgementsOf(drawn: Drawn, folder: string, judge: Judge, run: Run): Promise<readonly Judgement[]> {
  const asked = drawn.queries.map(([from, to, protocol, port]) => [from, to, protocol, String(port)]);
  const { namespaces, pods, policies, admins, baselines } = drawn;
  const lists = {
    namespaces,
    pods,
    'networkpolicies.networking.k8s.io': policies,
    adminnetworkpolicies: admins,
    baselineadminnetworkpolicies: baselines,
  };
  const [judged, product] = await Promise.all([
    judge.ask({ namespaces, pods, policies, admins, baselines, queries: asked }),
    productSays(lists, drawn.queries, folder, run),
  ]);
  if (judged.check === undefined || judged.check.includes('E') !== (judged.errors?.length ?? 0) > 0)
    throw new Error('the judge is beside itself');
  return product.map((letter, at) => ({ check: judged.check?.[at] ?? '', list: judged.list?.[at] ?? '', product: letter }));
}
