import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dice, diceOf } from '../draw/dice.ts';
import { residentOutside } from '../product.ts';
import type { Query } from './draw.ts';
import { type Judge, startJudge } from './judge.ts';
import { productSays, type Run } from './product.ts';
import { type Labels, LABELS, labelsFrom } from './vocabulary.ts';

/** A selector that both read differently. */
export type SelectorDifference = { readonly selector: string; readonly labels: Labels; readonly judge: string; readonly product: string };

/** What came of comparing selectors. `refused`: both found that a text is none. */
export type SelectorScore = {
  readonly verdicts: number;
  readonly selected: number;
  readonly refused: number;
  readonly differences: readonly SelectorDifference[];
};

const SELECTORS = 20;
const PODS = 5;

/**
 * Random selectors of Calico's language against its own parser: a namespace each, in which a policy with the selector denies
 * what comes in, and pods with random labels. The oldest language is drawn that Calico still reads (libcalico-go 1.7).
 */
export async function compareSelectors(judgePath: string, verdicts: number, seed: string): Promise<SelectorScore> {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-selectors-'));
  const [judge, product] = [startJudge(judgePath), residentOutside()];
  const all: (SelectorDifference & { readonly agree: boolean })[] = [];
  try {
    for (let index = 0; all.length < verdicts; index++) {
      all.push(...(await oneCluster(diceOf(`${seed}/${index}`), join(folder, String(index)), judge, product.run)));
    }
  } finally {
    judge.end();
    product.end();
    rmSync(folder, { recursive: true, force: true });
  }
  const count = (letter: string): number => all.filter((one) => one.agree && one.judge === letter).length;
  return { verdicts: all.length, selected: count('1'), refused: count('E'), differences: all.filter(({ agree }) => !agree) };
}

/** A denied connection is a selected pod; a selector that is none leaves it open whether it selects. */
const MEANS: Readonly<Record<string, string>> = { '0': '1', '1': '0', '?': 'E' };

async function oneCluster(
  dice: Dice,
  folder: string,
  judge: Judge,
  run: Run,
): Promise<readonly (SelectorDifference & { agree: boolean })[]> {
  const drawn = Array.from({ length: SELECTORS }, (_, at) => ({
    namespace: `n${at}`,
    selector: broken(dice, selectorFrom(dice, 0)),
    labels: Array.from({ length: PODS }, () => labelsFrom(dice, LABELS.pod)),
  }));
  const { selectors = [] } = await judge.ask({ selectors: drawn });
  const queries = drawn.flatMap(({ namespace, labels }) =>
    labels.map((_, at): Query => ['198.51.100.7', `${namespace}/pod-${at}`, 'TCP', 80]),
  );
  const pods = drawn.flatMap(({ namespace, labels }, space) =>
    labels.map((own, at) => podOf(namespace, at, own, `10.244.${space}.${10 + at}`)),
  );
  const lists = {
    pods,
    'networkpolicies.crd.projectcalico.org': drawn.map(policyOf),
    'networkpolicies.networking.k8s.io': [],
    'globalnetworkpolicies.crd.projectcalico.org': [],
  };
  const said = await productSays(lists, queries, folder, run);
  return drawn.flatMap(({ selector, labels }, space) =>
    labels.map((own, at) => {
      const verdict = selectors[space] === 'E' ? 'E' : (selectors[space]?.[at] ?? '');
      const product = MEANS[said[space * PODS + at] ?? ''] ?? '';
      return { selector, labels: own, judge: verdict, product, agree: verdict === product };
    }),
  );
}

const podOf = (namespace: string, at: number, labels: Labels, podIP: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name: `pod-${at}`, labels },
  spec: { nodeName: 'a', containers: [{ name: 'main' }] },
  status: { phase: 'Running', podIP, hostIP: '192.0.2.1' },
});

const policyOf = ({ namespace, selector }: { readonly namespace: string; readonly selector: string }): object => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace, name: 'default.drawn' },
  spec: { selector, types: ['Ingress'] },
});

function selectorFrom(dice: Dice, depth: number): string {
  const kind = dice.roll(depth > 3 ? 4 : 8);
  const blank = dice.pick(['', ' ', '  ', '\t']);
  if (kind >= 6) return `(${blank}${selectorFrom(dice, depth + 1)}${blank})`;
  if (kind === 5) return `!${blank}${selectorFrom(dice, depth + 1)}`;
  if (kind === 4) return [0, 1].map(() => selectorFrom(dice, depth + 1)).join(`${blank}${dice.pick(['&&', '||'])}${blank}`);
  const label = dice.pick(Object.keys(LABELS.pod));
  const values = LABELS.pod[label as keyof typeof LABELS.pod].map((value) => quoted(dice, value));
  if (kind === 0) return dice.pick(['all()', 'all( )', `has(${label})`, `has( ${label} )`]);
  if (kind === 1) return `${label}${blank}${dice.pick(['==', '!='])}${blank}${dice.pick(values)}`;
  return `${label} ${dice.pick(['in', 'not in', 'notin'])} {${blank}${values.slice(0, dice.roll(values.length + 1)).join(`,${blank}`)}}`;
}

const quoted = (dice: Dice, value: string): string => (dice.roll(2) === 0 ? `'${value}'` : `"${value}"`);

/** Now and then a character is lost or doubled. */
function broken(dice: Dice, selector: string): string {
  if (dice.roll(5) > 0) return selector;
  const at = dice.roll(selector.length);
  return dice.roll(2) === 0 ? selector.slice(0, at) + selector.slice(at + 1) : selector.slice(0, at + 1) + selector.slice(at);
}
