import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** An address on a list of `-m recent` (net/netfilter/xt_recent.c struct recent_entry): kube-proxy's session affinity in iptables mode. */
export type RecentAddress = Fact & {
  readonly list: string;
  /** As the list's mask left it. */
  readonly address: Ip;
  /** The TTL of the packet that it was put there by; 0 where somebody wrote it by hand. */
  readonly ttl: number;
  /** How many times are remembered. */
  readonly times: number;
  /** When it was seen, in milliseconds before the reading, newest first; not told where the kernel's clock was not read. */
  readonly seenMs: Told<readonly number[]>;
};

export const recentAddress = defineKind<RecentAddress>()({
  id: 'recent-address',
  is: 'an address on a list of -m recent',
  key: (fact) => `${fact.list} ${fact.address}`,
  volatile: ['ttl', 'times', 'seenMs'],
  capture: "grep -H -m 1 '^jiffies' /proc/timer_list; grep -H . /proc/uptime /proc/net/xt_recent/*",
});
