import type { Stack } from '#dataplane/stack';
import { type Connection, natOf } from '../conntrack/connection.ts';
import type { TcpState } from '../conntrack/tcp-states.ts';
import { kernelOf } from '../route/kernel.ts';
import type { Run } from '../run.ts';
import { untold } from '../untold.ts';

/** On the last so many tries a connection that is over may be taken out for its port (NF_NAT_HARDER_THRESH). */
export const LAST_TRIES = 32;

/** States after the last word (nf_nat_may_kill). */
const OVER: ReadonlySet<TcpState> = new Set<TcpState>(['TIME_WAIT', 'CLOSE', 'SYN_SENT2']);

/** Whether a connection is over and a SYN may get its port, if that says more than it did (nf_nat_may_kill). */
export const mayGiveWay = (stack: Stack, { tcp }: Connection, holder: Connection): boolean =>
  tcp?.state === 'SYN_SENT' && holder.tcp != null && OVER.has(holder.tcp.state) && natOf(holder).source && kernelOf(stack, [6, 5]);

/**
 * Whether a SYN gets the port of a connection that is over, since 6.5: one whose source was rewritten and that has said less than the SYN goes;
 * one that a flowtable has goes for nothing (net/netfilter/nf_nat_core.c nf_nat_used_tuple_harder). `left`: how many tries are left.
 */
export function isEvicted(run: Run, stack: Stack, connection: Connection, holder: Connection, left: number): boolean {
  if (left > LAST_TRIES || !mayGiveWay(stack, connection, holder)) return false;
  if (!isBeyond(run, stack, connection.tcp?.windows?.original.end, holder)) return false;
  run.forget(stack, holder);
  return holder.offloaded !== true;
}

/** Numbers are compared modulo 2³². */
const HALF = 2 ** 31;

/** Whether a SYN says more than a connection did before (nf_seq_has_advanced). */
function isBeyond(run: Run, stack: Stack, now: number | undefined, { tcp, original: { source, sourcePort } }: Connection): boolean {
  const before = tcp?.windows?.original.end;
  if (now !== undefined && before !== undefined) return now !== before && (now - before) >>> 0 < HALF;
  const detail = `what ${source}:${sourcePort} has said is not told, so neither is whether a new connection may have its port`;
  const at = `numbers after ${source}:${sourcePort}`;
  return untold(run, stack, { at, of: 'numbers', options: ['is beyond it', 'is not'], detail }) === 0;
}
