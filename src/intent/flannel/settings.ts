import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import { flannelConfig, flannelDevice } from './device.ts';

type Link = FactOf<'link'>;

/** What two ends of a VXLAN must agree on. */
export type Setting = 'vni' | 'port';

/** How one node's device stands among the others. */
export type Agreement =
  | { readonly is: 'agrees'; readonly origins: readonly Origin[] }
  | {
      readonly is: 'differs';
      readonly device: Link;
      readonly own: number;
      readonly wanted: number;
      readonly peers: readonly Placed[];
      readonly origins: readonly Origin[];
    }
  /** Nobody to compare with, or the setting was not told. */
  | { readonly is: 'alone'; readonly device: Link };

type Placed = { readonly node: string; readonly device: Link; readonly value: number };

function devices(facts: Facts, setting: Setting): readonly Placed[] {
  return facts.nodes().flatMap((node) => {
    const read = flannelDevice(facts, node);
    const device = read.is === 'seen' ? read.value : null;
    const value = device?.vxlan?.[setting];
    return device === null || value === undefined ? [] : [{ node, device, value }];
  });
}

/**
 * Whether a node's device has another VNI or port than its peers'. Who is wrong is said by flannel's configuration where it
 * names one of the values in use, else by the majority; where all agree, what the configuration says matters to nobody.
 */
export function agreement(facts: Facts, node: string, setting: Setting): Agreement | undefined {
  const all = devices(facts, setting);
  const own = all.find((one) => one.node === node);
  if (own === undefined) return undefined;
  const others = all.filter((one) => one.node !== node && one.value !== own.value);
  const config = flannelConfig(facts);
  const named = config?.[setting];
  if (all.length === 1) return named === own.value ? { is: 'agrees', origins: [own.device.origin] } : { is: 'alone', device: own.device };
  if (others.length === 0) return { is: 'agrees', origins: all.map(({ device }) => device.origin) };
  const wanted = named !== undefined && all.some(({ value }) => value === named) ? named : commonest(all);
  const origins = [
    own.device.origin,
    ...others.map(({ device }) => device.origin),
    ...(config !== undefined && named !== undefined ? [config.origin] : []),
  ];
  if (own.value === wanted) return { is: 'agrees', origins };
  return { is: 'differs', device: own.device, own: own.value, wanted, peers: others.filter(({ value }) => value === wanted), origins };
}

/** The value that most devices have; of two equally common ones, that of the first node. */
function commonest(all: readonly Placed[]): number {
  const counts = new Map<number, number>();
  for (const { value } of all) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
