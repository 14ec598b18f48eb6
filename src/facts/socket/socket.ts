import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A running timer of a TCP socket (`ss -o`; net/ipv4/tcp_timer.c). */
export type SocketTimer = {
  readonly kind: 'on' | 'keepalive' | 'timewait' | 'persist' | 'off' | 'unknown';
  readonly expiresMs: number | null;
  readonly retries: number | null;
};

/** A socket at one look (`ss -tanpieo`, `netstat -anp`, /proc/net/tcp). `0.0.0.0` and `::` are the wildcards of their family, `null` one whose family is not told. */
export type Socket = Fact & {
  readonly protocol: 'tcp' | 'udp' | 'raw' | 'sctp';
  /** AF_INET or AF_INET6. IPv4 ends of an IPv6 socket are written as IPv4. */
  readonly family?: Told<4 | 6>;
  /** ESTAB, LISTEN, SYN-SENT … as `ss` writes them; UNCONN for unconnected UDP. */
  readonly state: string;
  readonly local: { readonly address: Ip | null; readonly port: number; readonly dev: Told<string | null> };
  readonly remote: { readonly address: Ip | null; readonly port: number } | null;
  /** Whether a wildcard IPv6 listener takes IPv6 only. */
  readonly v6Only: Told<boolean>;
  readonly recvQ: Told<number>;
  readonly sendQ: Told<number>;
  readonly timer: Told<SocketTimer | null>;
  readonly process: Told<{ readonly name: string; readonly pid: number } | null>;
  readonly inode: Told<number>;
  readonly uid: Told<number>;
  /** IP_TRANSPARENT: it takes addresses that are not this namespace's own, too (`ss --inet-sockopt`). */
  readonly transparent?: Told<boolean>;
  /** SO_MARK; `ss -e` tells it only to root, and only where it is not 0. */
  readonly mark?: Told<number>;
  readonly tcp: Told<TcpInfo | null>;
};

/** What `ss -i` tells of a TCP connection (tcp_info, include/uapi/linux/tcp.h). Times in milliseconds. */
export type TcpInfo = {
  readonly rtoMs: Told<number>;
  readonly backoff: Told<number>;
  readonly rttMs: Told<number>;
  readonly unacked: Told<number>;
  readonly lost: Told<number>;
  readonly retransmitting: Told<number>;
  readonly retransmitted: Told<number>;
  readonly cwnd: Told<number>;
  readonly lastSendMs: Told<number>;
  readonly lastReceiveMs: Told<number>;
  readonly lastAckMs: Told<number>;
  readonly notSent: Told<number>;
  readonly bytesAcked: Told<number>;
  readonly segmentsIn: Told<number>;
  readonly segmentsOut: Told<number>;
};

export const socket = defineKind<Socket>()({
  id: 'socket',
  is: 'a socket',
  key: (fact) =>
    `${fact.protocol} ${fact.local.address ?? '*'}:${fact.local.port}${fact.local.dev === undefined || fact.local.dev === null ? '' : `%${fact.local.dev}`} ${fact.remote === null ? '*' : `${fact.remote.address ?? '*'}:${fact.remote.port}`} ${fact.remote === null ? (fact.inode ?? '') : ''}`,
  // netstat names a process by its command line, ss by its comm; the rest moves between two readings
  volatile: ['state', 'recvQ', 'sendQ', 'timer', 'process', 'tcp'],
  looks: true,
  capture: 'ss -tuanpieoH',
});
