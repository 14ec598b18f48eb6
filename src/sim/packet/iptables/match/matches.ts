import type { Compile } from '../context.ts';
import { addrtype, always, dependsOnOthers, iprange, length, mac, mark, owner, physdev, pkttype, statistic, ttl } from './others.ts';
import { icmp, icmp6, multiport, sctp, tcp, udp } from './ports.ts';
import { conntrack, connmark, state } from './tracking.ts';

/** The matches that are modelled, by name. */
export const MATCHES: Readonly<Record<string, Compile>> = {
  addrtype,
  comment: always,
  connmark,
  conntrack,
  hashlimit: dependsOnOthers('a hashlimit depends on how many packets came before'),
  icmp,
  icmp6,
  ipv6icmp: icmp6,
  iprange,
  length,
  limit: dependsOnOthers('a limit depends on how many packets came before'),
  mac,
  mark,
  multiport,
  nfacct: always,
  owner,
  physdev,
  pkttype,
  quota: dependsOnOthers('a quota depends on how many bytes came before'),
  recent: dependsOnOthers('a recent list depends on the packets before'),
  sctp,
  state,
  statistic,
  tcp,
  ttl,
  udp,
};
