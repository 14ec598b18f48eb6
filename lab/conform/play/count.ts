import type { Counters } from '../stage/counters.ts';
import { isLate } from '../judge/compare.ts';
import type { Told } from './ask.ts';

/** A rule that the kernel counted more or less often than the model. */
export type Miscounted = {
  readonly rule: string;
  readonly kernel: number;
  readonly model: number;
  readonly slack: number;
  readonly text: string;
};

const countedIn = (outcome: { readonly walks: readonly { readonly counted: readonly string[] }[] }): readonly string[] =>
  outcome.walks.flatMap(({ counted }) => counted);

/** How often the model says that each rule counted, and by how much it cannot know. */
export function modelCounts(told: readonly Told[]): {
  readonly counts: ReadonlyMap<string, number>;
  readonly slack: ReadonlyMap<string, number>;
  readonly blind: number;
} {
  const counts = new Map<string, number>();
  const slack = new Map<string, number>();
  let blind = 0;
  for (const { judged, skipped } of told) {
    blind += skipped;
    for (const { outcome, matching } of judged) {
      if (outcome === undefined) continue;
      const own = countedIn(outcome);
      for (const rule of own) counts.set(rule, (counts.get(rule) ?? 0) + 1);
      for (const rule of outcome.walks.flatMap(({ mayCount }) => mayCount)) slack.set(rule, (slack.get(rule) ?? 0) + 1);
      for (const rule of outcome.walks.filter(isLate).flatMap(({ counted }) => counted)) slack.set(rule, (slack.get(rule) ?? 0) + 1);
      for (const rule of outcome.walks.filter(isLooped).flatMap(({ counted }) => counted))
        slack.set(rule, (slack.get(rule) ?? 0) + MOST_ROUNDS);
      for (const rule of uncertain(matching.map(countedIn))) slack.set(rule, (slack.get(rule) ?? 0) + 2);
    }
  }
  return { counts, slack, blind };
}

/** A packet that goes in circles comes by as often as its TTL lasts; the model leaves whole rounds out. */
const MOST_ROUNDS = 255;
const isLooped = ({ disposition }: { readonly disposition: string }): boolean => disposition === 'looped';

/** Rules that not all outcomes count alike. */
function uncertain(outcomes: readonly (readonly string[])[]): ReadonlySet<string> {
  const times = (list: readonly string[], rule: string): number => list.filter((one) => one === rule).length;
  return new Set(outcomes.flat().filter((rule) => new Set(outcomes.map((list) => times(list, rule))).size > 1));
}

/** A packet of which nothing is known, with its answers, may have been counted so often by one rule. */
const BLIND = 4;

/**
 * Matches that look at time, at what was before, or into the content: the model says that they are chance or not known. How often an
 * end was seen (`--hitcount`) counts all conversations, and the model is asked about each alone.
 */
const CHANCE =
  /-m (?:limit|hashlimit|connlimit|quota|time|string|u32|bpf|nfacct)\b|--hitcount (?!1\b)|--mode nth|\blimit rate\b|\bnumgen inc\b|\bquota\b/;

/** Compares each rule's counter with the model's count; `noise` is how many other packets its namespace saw. */
export function miscounted(
  told: readonly Told[],
  before: Counters,
  after: Counters,
  noise: number,
  textOf: (rule: string) => string,
): readonly Miscounted[] {
  const { counts, slack, blind } = modelCounts(told);
  return [...before].flatMap(([rule, start]) => {
    const kernel = (after.get(rule) ?? start) - start;
    const model = counts.get(rule) ?? 0;
    const free = slack.get(rule) ?? 0;
    const isFine = kernel >= model - free && kernel <= model + free + noise + blind * BLIND;
    return isFine || CHANCE.test(textOf(rule)) ? [] : [{ rule, kernel, model, slack: free, text: textOf(rule) }];
  });
}
