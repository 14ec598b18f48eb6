import type { Packet, SctpChunk, SctpChunkType } from '../packet.ts';
import { sctpOf } from '../conntrack/sctp.ts';

/**
 * What SCTP does with a packet of an association that it knows nothing of. `welcomed`: a listener answers an INIT; `refused`: with an
 * ABORT, or the end of what is to end; `ignored`: not at all; `by its cookie`, `by its cause`: by what nobody told of it.
 */
export type Reception = 'welcomed' | 'refused' | 'ignored' | 'by its cookie' | 'by its cause';

/** Chunks that make a whole packet be thrown away before any endpoint sees it (net/sctp/input.c sctp_rcv_ootb). */
const SILENCED: ReadonlySet<SctpChunkType> = new Set<SctpChunkType>(['ABORT', 'SHUTDOWN_COMPLETE']);
/** Chunks that are passed over where there is no association; what stands behind them is looked at (net/sctp/sm_statetable.c). */
const PASSED_OVER: ReadonlySet<SctpChunkType> = new Set<SctpChunkType>(['COOKIE_ACK', 'ECN_ECNE', 'ECN_CWR']);
/** Bytes that a state cookie takes at least: its signature, and what it keeps of the association (struct sctp_signed_cookie). */
const COOKIE_BYTES = 168;

/** Whether anybody listens, and has room for one more association (sk_acceptq_is_full). */
export type Listening = 'nobody' | 'full' | 'with room';

/** How SCTP receives a packet of which it has no association (state CLOSED of net/sctp/sm_statetable.c). */
export function receptionOf(packet: Packet, listening: Listening): Reception {
  const { tag, chunks } = sctpOf(packet);
  if (chunks.some(({ type }, at) => SILENCED.has(type) || (type === 'INIT' && at > 0))) return 'ignored';
  for (const [at, { type }] of chunks.entries()) {
    if (PASSED_OVER.has(type) || (type === 'INIT_ACK' && listening !== 'nobody')) continue;
    // sctp_sf_do_5_1B_init: alone, without a tag, and to who listens
    if (type === 'INIT') return chunks.length > 1 ? 'ignored' : listening !== 'nobody' && tag === 0 ? 'welcomed' : 'refused';
    // sctp_sf_do_5_1D_ce, sctp_unpack_cookie: what has no room for a cookie is malformed, and discarded
    if (type === 'COOKIE_ECHO' && listening === 'with room') return packet.size < COOKIE_BYTES ? 'ignored' : 'by its cookie';
    if (type === 'COOKIE_ECHO') return 'refused';
    return outOfTheBlue(chunks.slice(at));
  }
  return 'ignored';
}

/** The cause of an ERROR that is not answered. */
const STALE_COOKIE = 3;

/** sctp_sf_ootb: what ends an association, what answers a cookie, a stale cookie, all else. */
function outOfTheBlue(chunks: readonly SctpChunk[]): Reception {
  const errors = chunks.filter(({ type }) => type === 'ERROR');
  if (chunks.some(({ type }) => type === 'SHUTDOWN_ACK')) return 'refused';
  if (chunks.some(({ type }) => type === 'COOKIE_ACK') || errors.some(({ cause }) => cause === STALE_COOKIE)) return 'ignored';
  return errors.some(({ cause }) => cause === undefined) ? 'by its cause' : 'refused';
}
