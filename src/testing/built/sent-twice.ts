import type { FactOf } from '#facts/kinds';
import type { Ip } from '#net/ip';
import type { Bare } from './written.ts';

type Tcp = NonNullable<FactOf<'socket'>['tcp']>;

/** What `ss -i` tells of a connection where it tells its timeout alone. */
export const timeoutAlone = (rtoMs: number): Tcp => ({
  rtoMs,
  backoff: undefined,
  rttMs: undefined,
  unacked: undefined,
  lost: undefined,
  retransmitting: undefined,
  retransmitted: undefined,
  cwnd: undefined,
  lastSendMs: undefined,
  lastReceiveMs: undefined,
  lastAckMs: undefined,
  notSent: undefined,
  bytesAcked: undefined,
  segmentsIn: undefined,
  segmentsOut: undefined,
});

/** A socket whose SYN was sent twice, the last time 0.9 s ago. */
export const sentTwice = (from: Ip, to: Ip, port: number): Bare<'socket'> => ({
  protocol: 'tcp',
  state: 'SYN-SENT',
  local: { address: from, port: 41234, dev: null },
  remote: { address: to, port },
  v6Only: undefined,
  recvQ: 0,
  sendQ: 1,
  timer: { kind: 'on', expiresMs: 1100, retries: 1 },
  process: { name: 'curl', pid: 7 },
  inode: 7,
  uid: 0,
  tcp: timeoutAlone(2000),
});
