import type { Told } from '#facts/kind';
import type { Socket } from '../sockets.ts';

type TcpInfo = NonNullable<Socket['tcp']>;

/** A decimal number as `ss` prints it. */
const numeric = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,20}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined;

/**
 * The words of `ss -i`. `ss` leaves out what is 0 (misc/ss.c, tcp_stats_print): such a word reads 0 where this version of
 * `ss` knows it, which the words that it does print tell.
 */
export function tcpInfoOf(words: readonly string[]): TcpInfo | undefined {
  const values = new Map<string, string>();
  for (const word of words) {
    const colon = word.indexOf(':');
    if (colon > 0) values.set(word.slice(0, colon), word.slice(colon + 1));
  }
  if (!values.has('rto') && !values.has('cwnd')) return undefined;
  const counted = ['segs_out', 'segs_in', 'bytes_acked', 'bytes_received'].some((name) => values.has(name));
  const value = (name: string, zero: boolean): Told<number> => numeric(values.get(name)) ?? (zero ? 0 : undefined);
  const retrans = values.get('retrans')?.split('/');
  return {
    rtoMs: value('rto', false),
    backoff: value('backoff', true),
    rttMs: numeric(values.get('rtt')?.split('/')[0]),
    unacked: value('unacked', true),
    lost: value('lost', true),
    retransmitting: retrans === undefined ? 0 : numeric(retrans[0]),
    retransmitted: retrans === undefined ? 0 : numeric(retrans[1]),
    cwnd: value('cwnd', false),
    lastSendMs: value('lastsnd', true),
    lastReceiveMs: value('lastrcv', true),
    lastAckMs: value('lastack', true),
    notSent: value('notsent', counted),
    bytesAcked: value('bytes_acked', counted),
    segmentsIn: value('segs_in', counted),
    segmentsOut: value('segs_out', counted),
  };
}
