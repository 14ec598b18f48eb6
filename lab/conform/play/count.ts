import type { Counters } from '../stage/counters.ts';
import { isLate } from '../judge/compare.ts';
import type { ModelWalk } from '../stage/model.ts';
import type { Noise } from './rounds.ts';

/** A rule that the kernel counted more or less often than the model. */
export type Miscounted = {
  readonly rule: string;
  readonly kernel: number;
  readonly model: number;
  readonly slack: number;
  readonly text: string;
};

type Outcome = { readonly walks: readonly Pick<ModelWalk, 'counted' | 'mayCount' | 'disposition' | 'after'>[] };

/** What of a conversation tells how often rules count. */
type Asked = {
  readonly skipped: number;
  readonly spoken: { readonly sent: readonly ({ readonly seen: readonly { readonly in: string }[] } | undefined)[] };
  readonly judged: readonly {
    readonly outcome: Outcome | undefined;
    readonly matching: readonly Outcome[];
    readonly doubtful: readonly Outcome[];
  }[];
};

const countedIn = ({ walks }: Outcome): readonly string[] => walks.flatMap(({ counted }) => counted);
/** The same without what comes so late that it may not have counted yet. */
const countedSoon = ({ walks }: Outcome): readonly string[] => countedIn({ walks: walks.filter((walk) => !isLate(walk)) });

/** How often the model says that each rule counted, and by how much it cannot know. */
export function modelCounts(told: readonly Asked[]): {
  readonly counts: ReadonlyMap<string, number>;
  readonly slack: ReadonlyMap<string, number>;
} {
  const counts = new Map<string, number>();
  const slack = new Map<string, number>();
  for (const { judged } of told) {
    for (const { outcome, matching, doubtful } of judged) {
      if (outcome === undefined) continue;
      const own = countedIn(outcome);
      for (const rule of own) counts.set(rule, (counts.get(rule) ?? 0) + 1);
      for (const rule of outcome.walks.filter(isLooped).flatMap(({ counted, mayCount }) => [...counted, ...mayCount]))
        slack.set(rule, (slack.get(rule) ?? 0) + MOST_ROUNDS);
      for (const [rule, most] of uncertain(own, [outcome, ...matching, ...doubtful])) slack.set(rule, (slack.get(rule) ?? 0) + most);
    }
  }
  return { counts, slack };
}

/** A packet that goes in circles comes by as often as its TTL lasts; the model leaves whole rounds out. */
const MOST_ROUNDS = 255;
const isLooped = ({ disposition }: { readonly disposition: string }): boolean => disposition === 'looped';

/** By how much the outcome that was taken may be wrong about rules that not all of those that may have come count alike, or surely. */
function uncertain(taken: readonly string[], outcomes: readonly Outcome[]): ReadonlyMap<string, number> {
  const times = (list: readonly string[], rule: string): number => list.filter((one) => one === rule).length;
  const all = outcomes.flatMap((one) => {
    const may = one.walks.flatMap(({ mayCount }) => mayCount);
    return [countedIn(one), countedSoon(one)].map((counted) => ({ counted, may }));
  });
  const most = (rule: string): number =>
    Math.max(...all.map(({ counted, may }) => Math.abs(times(counted, rule) - times(taken, rule)) + times(may, rule)));
  return new Map([...new Set(all.flatMap(({ counted, may }) => [...counted, ...may]))].map((rule) => [rule, most(rule)]));
}

/** A packet of which nothing is known, with its answers, may have come by one place so often; one that goes in circles as often as it was seen there. */
const BLIND = 4;

/** How often packets of which nothing is known may have come by one place of a namespace. */
const blindIn = (told: readonly Asked[], namespace: string | undefined): number =>
  told
    .flatMap(({ skipped, spoken }) => (skipped === 0 ? [] : spoken.sent.filter((one) => one !== undefined).slice(-skipped)))
    .reduce((sum, { seen }) => sum + Math.max(BLIND, seen.filter((one) => one.in === namespace).length), 0);

/** How often a rule counted one packet that came by once: chains are led to more than once, and then so is every rule of theirs. */
function timesEach(told: readonly Asked[], textOf: (rule: string) => string): (rule: string) => number {
  const most = new Map<string, number>();
  const chainOf = (rule: string): string => {
    const chain = /^(?:\[\d+:\d+\] )?-A (\S+)/.exec(textOf(rule))?.[1];
    return chain === undefined ? rule : `${rule.replace(/:\d+$/, '')} ${chain}`;
  };
  const walks = told.flatMap(({ judged }) => judged.flatMap(({ outcome }) => outcome?.walks.filter((walk) => !isLooped(walk)) ?? []));
  for (const { counted } of walks) {
    const own = new Map<string, number>();
    for (const rule of counted) own.set(rule, (own.get(rule) ?? 0) + 1);
    for (const [rule, count] of own) if (count > 1) most.set(chainOf(rule), Math.max(count, most.get(chainOf(rule)) ?? 1));
  }
  return (rule) => (most.size === 0 ? 1 : (most.get(chainOf(rule)) ?? 1));
}

/** The namespace whose rule it is. */
export const namespaceOf = (rule: string): string | undefined => /\/netns\/([^/]+)\//.exec(rule)?.[1];

/** What is worked out once for each namespace that has a rule. */
function byNamespace(workOut: (namespace: string | undefined) => number): (rule: string) => number {
  const known = new Map<string | undefined, number>();
  return (rule) => {
    const namespace = namespaceOf(rule);
    const value = known.get(namespace) ?? workOut(namespace);
    known.set(namespace, value);
    return value;
  };
}

/** Matches whose tokens all packets of a namespace share: what one of which nothing is known took, another did not get. */
const SHARED = /-m (?:limit|hashlimit|connlimit|quota)\b|--hitcount (?!1\b)|--mode nth|\blimit rate\b|\bnumgen inc\b|\bquota\b/;

/**
 * Matches that look at time, at what was before, or into the content: the model says that they are chance or not known. How often an
 * end was seen (`--hitcount`) counts all conversations, as the tokens of a limit are all conversations', and the model is asked about
 * each alone.
 */
const CHANCE = new RegExp(`${SHARED.source}|-m (?:time|string|u32|bpf|nfacct)\\b`);

/** How many packets that nobody drew a rule of a namespace may have counted: frames without IP only where nft counts. */
export const noiseIn =
  ({ others, frames }: Pick<Noise, 'others' | 'frames'>, namespace: string) =>
  (rule: string): number =>
    (others.get(namespace) ?? 0) + (/\/nft_[^/]*list_ruleset:/.test(rule) ? (frames.get(namespace) ?? 0) : 0);

/** Compares each rule's counter with the model's count; `noise` is how many other packets its namespace saw. What is not known may have counted wherever it came by. */
export function miscounted(
  told: readonly Asked[],
  before: Counters,
  after: Counters,
  noise: (rule: string) => number,
  textOf: (rule: string) => string,
): readonly Miscounted[] {
  const { counts, slack } = modelCounts(told);
  const blindAt = byNamespace((namespace) => blindIn(told, namespace));
  const each = timesEach(told, textOf);
  const sharing = new Set([...before.keys()].filter((rule) => SHARED.test(textOf(rule))).map(namespaceOf));
  return [...before].flatMap(([rule, start]) => {
    const kernel = (after.get(rule) ?? start) - start;
    const model = counts.get(rule) ?? 0;
    const free = slack.get(rule) ?? 0;
    const times = each(rule);
    const blind = times * blindAt(rule);
    const others = sharing.has(namespaceOf(rule)) ? blind : 0;
    const isFine = kernel >= model - free - others && kernel <= model + free + times * noise(rule) + blind + others;
    return isFine || CHANCE.test(textOf(rule)) ? [] : [{ rule, kernel, model, slack: free, text: textOf(rule) }];
  });
}
