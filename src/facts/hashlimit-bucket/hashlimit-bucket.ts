import type { Family, Ip } from '#net/ip';
import { defineKind, type Fact } from '../kind.ts';

/** What `-m hashlimit` has saved up for one kind of packets (net/netfilter/xt_hashlimit.c struct dsthash_ent). */
export type HashlimitBucket = Fact & {
  /** Tables of IPv4 and IPv6 may have one name. */
  readonly family: Family;
  readonly table: string;
  /** Addresses and ports as the table's mode left them: zero what it does not look at. */
  readonly source: Ip;
  readonly sourcePort: number;
  readonly destination: Ip;
  readonly destinationPort: number;
  /** How many packets it still lets pass, and how many at most. */
  readonly tokens: number;
  readonly burst: number;
};

export const hashlimitBucket = defineKind<HashlimitBucket>()({
  id: 'hashlimit-bucket',
  is: 'what -m hashlimit has saved up for one kind of packets',
  key: ({ family, table, source, sourcePort, destination, destinationPort }) =>
    `${family} ${table} ${source} ${sourcePort} ${destination} ${destinationPort}`,
  volatile: ['tokens'],
  capture: 'grep -H . /proc/net/ipt_hashlimit/* /proc/net/ip6t_hashlimit/*',
});
