import type { Stack } from '#dataplane/stack';
import { scopeText } from '#snapshot/scope';
import type { FactRef } from './fact-ref.ts';
import { placeText } from './run.ts';
import type { Skb } from './skb.ts';

/** The places that a packet passes again and again, as `A ens3 → D ens3 → A ens3`, and what leads it on from each of them. */
export type Cycle = { readonly places: string; readonly by: readonly FactRef[] };

type Visit = { readonly stack: Stack; readonly device: string | null; readonly by: FactRef[] };

/** Steps that tell where a packet goes next. */
const LEADS = new Set(['route', 'bridge']);

/** The last round of a packet that goes in circles; nothing where it has not come to its last place before. */
export function cycleOf({ trail }: Skb): Cycle | undefined {
  const round: Visit[] = [];
  let by: FactRef[] = [];
  for (let at: Skb['trail'] | null = trail; at !== null; at = at.before) {
    if ('step' in at && LEADS.has(at.step.element)) by.push(...at.step.by);
    if (!('enters' in at)) continue;
    const visit = { stack: at.enters, device: at.in, by };
    by = [];
    round.unshift(visit);
    const last = round.at(-1);
    if (round.length > 1 && last !== undefined && isSamePlace(visit, last)) return told(round);
  }
  return undefined;
}

const isSamePlace = (one: Visit, other: Visit): boolean => one.stack === other.stack && one.device === other.device;

const told = (round: readonly Visit[]): Cycle => ({
  places: round.map(({ stack, device }) => (device === null ? placeText(stack) : `${placeText(stack)} ${device}`)).join(' → '),
  by: distinct(round.flatMap(cited)),
});

const cited = ({ stack, device, by }: Visit): readonly FactRef[] => {
  const link = device === null ? undefined : stack.link(device);
  return link === undefined ? by : [stack.cite('link', link), ...by];
};

const distinct = (refs: readonly FactRef[]): readonly FactRef[] => [
  ...new Map(refs.map((ref) => [`${ref.kind} ${scopeText(ref.scope)} ${ref.key}`, ref])).values(),
];
