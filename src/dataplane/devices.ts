import { type HashlimitBucket, hashlimitBucket } from '#facts/hashlimit-bucket/hashlimit-bucket';
import type { PacketQueue } from '#facts/packet-queue/packet-queue';
import type { BridgeVlan } from '#facts/bridge-vlan/bridge-vlan';
import type { Partition } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { PathMtu } from '#facts/path-mtu/path-mtu';
import type { Qdisc } from '#facts/qdisc/qdisc';
import type { Wireguard } from '#facts/wireguard/wireguard';
import { type Family, familyOf, type Ip } from '#net/ip';
import { memoised } from './memo.ts';

/** The VLANs that each port, or a bridge itself, is a member of. */
export const vlanTable = memoised(
  (partition: Partition<'bridge-vlan'>): ReadonlyMap<string, readonly BridgeVlan[]> => grouped(partition.facts, ({ dev }) => dev),
);

/** The groups that devices listen to, as `device group`. */
export const groupTable = memoised(
  (partition: Partition<'group-membership'>): ReadonlySet<string> => new Set(partition.facts.map(({ dev, group }) => `${dev} ${group}`)),
);

/**
 * Devices in the order in which the kernel goes through them (for_each_netdev: as they came into the namespace), where that is told:
 * /proc/net/igmp6 has every device of IPv6 in it, and /proc/net/igmp those that are up. Netlink lists them by their numbers.
 */
export const deviceOrder = memoised((partition: Partition<'group-membership'>): ReadonlyMap<string, number> => {
  const devices = (family: Family) => new Set(partition.facts.filter(({ group }) => familyOf(group) === family).map(({ dev }) => dev));
  const [up, all] = [devices(4), devices(6)];
  const told = [...up].every((dev) => all.has(dev)) ? all : up;
  return new Map([...told].map((dev, place) => [dev, place]));
});

/** What stands between each device and its wire. */
export const qdiscTable = memoised(
  (partition: Partition<'qdisc'>): ReadonlyMap<string, readonly Qdisc[]> => grouped(partition.facts, ({ dev }) => dev),
);

/** The path MTUs that were learnt, by destination. */
export const pathMtuTable = memoised(
  (partition: Partition<'path-mtu'>): ReadonlyMap<Ip, PathMtu> =>
    new Map(partition.facts.flatMap((one) => (one.mtu === null ? [] : [[one.to, one]]))),
);

/** What ICMP redirects told, by destination. */
export const redirectTable = memoised(
  (partition: Partition<'path-mtu'>): ReadonlyMap<Ip, PathMtu> =>
    new Map(partition.facts.flatMap((one) => (one.redirected ? [[one.to, one]] : []))),
);

/** WireGuard devices by name. */
export const wireguardTable = memoised(
  (partition: Partition<'wireguard'>): ReadonlyMap<string, Wireguard> => new Map(partition.facts.map((one) => [one.dev, one])),
);

/** What hashlimits have saved up, by family, table and ends. */
export const hashlimitTable = memoised(
  (partition: Partition<'hashlimit-bucket'>): ReadonlyMap<string, HashlimitBucket> =>
    new Map(partition.facts.map((bucket) => [hashlimitBucket.key(bucket), bucket])),
);

/** Queues of packets by their numbers. */
export const packetQueueTable = memoised(
  (partition: Partition<'packet-queue'>): ReadonlyMap<number, PacketQueue> =>
    new Map(partition.facts.map((queue) => [queue.number, queue])),
);
