import type { Compile } from '../context.ts';
import { addrtype } from './addrtype.ts';
import { cluster } from './cluster.ts';
import { comment } from './comment.ts';
import { connmark } from './connmark.ts';
import { conntrack, state } from './conntrack.ts';
import { DEPENDENT } from './depends.ts';
import { dscp } from './dscp.ts';
import { ecn } from './ecn.ts';
import { HEADERS_6 } from './header6.ts';
import { helper } from './tracking-helper.ts';
import { icmp, icmp6 } from './icmp.ts';
import { iprange } from './iprange.ts';
import { length } from './length.ts';
import { hashlimit } from './hashlimit.ts';
import { limit } from './limit.ts';
import { mac } from './mac.ts';
import { mark } from './mark.ts';
import { multiport } from './multiport.ts';
import { nfacct } from './nfacct.ts';
import { owner } from './owner.ts';
import { physdev } from './physdev.ts';
import { pkttype } from './pkttype.ts';
import { recent } from './recent.ts';
import { rpfilter } from './rpfilter.ts';
import { sctp } from './sctp.ts';
import { set } from './set.ts';
import { socket } from './socket.ts';
import { statistic } from './statistic.ts';
import { tcp } from './tcp.ts';
import { tcpmss } from './tcpmss.ts';
import { tos } from './tos.ts';
import { ttl } from './ttl.ts';
import { udp } from './udp.ts';

/** The matches that are understood, by name. */
export const MATCHES: ReadonlyMap<string, Compile> = new Map(
  Object.entries<Compile>({
    ...DEPENDENT,
    ...HEADERS_6,
    addrtype,
    cluster,
    comment,
    connmark,
    conntrack,
    dscp,
    ecn,
    helper,
    hl: ttl,
    icmp,
    icmp6,
    ipv6icmp: icmp6,
    iprange,
    length,
    hashlimit,
    limit,
    mac,
    mark,
    multiport,
    nfacct,
    owner,
    physdev,
    pkttype,
    recent,
    rpfilter,
    sctp,
    set,
    socket,
    state,
    statistic,
    tcp,
    tcpmss,
    tos,
    ttl,
    udp,
  }),
);
