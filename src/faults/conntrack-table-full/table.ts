import type { Facts } from '#facts/facts';
import { type Rise, riseOf } from '#facts/counter/rise';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';

/** How full a node's connection table is, and what became of packets that found no room. */
export type Fill = {
  readonly count: FactOf<'sysctl'>;
  readonly max: FactOf<'sysctl'>;
  /** Packets that were dropped for want of room. */
  readonly dropped: Rise;
  /** Entries that were not assured and gave way to new ones. */
  readonly gaveWay: Rise;
};

/** Nothing where a node tells neither its count nor its limit, or has no limit. */
export function fillOf(facts: Facts, node: string): Fill | undefined {
  const settings = facts.seen('sysctl', onNode(node));
  const named = (name: string) => (settings.is === 'seen' ? settings.value.find((one) => one.name === `net.netfilter.${name}`) : undefined);
  const [count, max] = [named('nf_conntrack_count'), named('nf_conntrack_max')];
  if (count === undefined || max === undefined || !(Number(max.value) > 0)) return undefined;
  const counters = facts.partition('counter', onNode(node));
  return { count, max, dropped: riseOf(counters, 'conntrack.drop'), gaveWay: riseOf(counters, 'conntrack.early_drop') };
}

/** Above this share of its limit a table is full for whoever comes at the wrong moment: entries end and others take their places. */
const NEARLY = 0.95;

const share = ({ count, max }: Fill): number => Number(count.value) / Number(max.value);
export const isFull = (fill: Fill): boolean => share(fill) >= 1;
export const isNearlyFull = (fill: Fill): boolean => share(fill) >= NEARLY;

/** Whether a counter is known to have risen. */
export const rose = ({ by }: Rise): boolean => by !== null && by > 0;

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
