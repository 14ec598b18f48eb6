import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';

/** How full a node's connection table is, and what became of packets that found no room. */
export type Fill = {
  readonly count: FactOf<'sysctl'>;
  readonly max: FactOf<'sysctl'>;
  /** Packets that were dropped between the first look and the last; `null` where that was not counted. */
  readonly dropped: number | null;
  /** The counter that tells so. */
  readonly counter: FactOf<'counter'> | null;
};

/** Nothing where a node tells neither its count nor its limit, or has no limit. */
export function fillOf(facts: Facts, node: string): Fill | undefined {
  const settings = facts.seen('sysctl', onNode(node));
  const named = (name: string) => (settings.is === 'seen' ? settings.value.find((one) => one.name === `net.netfilter.${name}`) : undefined);
  const [count, max] = [named('nf_conntrack_count'), named('nf_conntrack_max')];
  if (count === undefined || max === undefined || !(Number(max.value) > 0)) return undefined;
  return { count, max, ...droppedOn(facts, node) };
}

function droppedOn(facts: Facts, node: string): Pick<Fill, 'dropped' | 'counter'> {
  const looks = facts.partition('counter', onNode(node))?.looks ?? [];
  const at = (index: number) => looks.at(index)?.facts.find(({ name }) => name === 'conntrack.drop');
  const [first, last] = [at(0), at(-1)];
  if (looks.length < 2 || first === undefined || last === undefined) return { dropped: null, counter: last ?? null };
  return { dropped: last.value - first.value, counter: last };
}

/** Above this share of its limit a table is full for whoever comes at the wrong moment: entries end and others take their places. */
const NEARLY = 0.95;

export const share = ({ count, max }: Fill): number => Number(count.value) / Number(max.value);
export const isFull = (fill: Fill): boolean => share(fill) >= 1;
export const isNearlyFull = (fill: Fill): boolean => share(fill) >= NEARLY;

/** Who holds the most of the entries that were read, as `source → destination:port/protocol`, and their share. */
export function busiest(facts: Facts, node: string): { readonly who: string; readonly share: number } | null {
  const entries = facts.seen('conntrack', onNode(node));
  if (entries.is === 'gap' || entries.value.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { protocol, original } of entries.value) {
    const who = `${original.destination}:${original.destinationPort ?? 0}/${protocol}`;
    counts.set(who, (counts.get(who) ?? 0) + 1);
  }
  const [who, most] = [...counts].reduce((one, other) => (other[1] > one[1] ? other : one));
  return { who, share: most / entries.value.length };
}
