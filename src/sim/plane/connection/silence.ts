import type { Facts } from '#facts/facts';
import { type Socket, socket } from '#facts/socket/socket';
import type { Scope } from '#snapshot/scope';

/** A connection at its last look, and at the first, so many milliseconds before, where it was there already. */
export type Looked = { readonly scope: Scope; readonly first: Socket | undefined; readonly last: Socket; readonly apartMs: number };

/** How a connection's data fares. */
export type Progress =
  | { readonly is: 'moving' }
  /** Sent again and again, and no acknowledgement comes. */
  | { readonly is: 'silent' }
  /** Nothing is in flight and yet data waits: the peer's window is closed, or this very stack does not let it out. */
  | { readonly is: 'held back' }
  | { readonly is: 'unclear'; readonly why: string };

/** Doublings of the timeout in a row: 204 ms have become 3.3 s, and five packets went unanswered. */
const MANY = 4;
/** More than this share sent again earlier in its life: the path loses packets anyway, and silence may be chance. */
const LOSSY = 0.05;

/** The established TCP connections of a namespace at its last look. */
export function lookedAt(facts: Facts, scope: Scope): readonly Looked[] {
  const partition = facts.partition('socket', scope);
  const [first, last] = [partition?.looks[0], partition?.looks.at(-1)];
  const isTwo = first !== last && first?.at !== undefined && last?.at !== undefined;
  const before = new Map(isTwo ? first.facts.map((one) => [socket.key(one), one] as const) : []);
  return (partition?.facts ?? [])
    .filter(({ protocol, state, remote }) => protocol === 'tcp' && state === 'ESTAB' && remote !== null)
    .map((one) => ({ scope, first: before.get(socket.key(one)), last: one, apartMs: isTwo ? last.at - first.at : 0 }));
}

/** What two looks tell of a connection. */
export function progressOf({ first, last, apartMs }: Looked): Progress {
  const { tcp, timer } = last;
  if (timer === undefined || tcp === undefined) return { is: 'unclear', why: 'timers and TCP details were not captured (ss -o -i)' };
  if (timer === null || tcp === null || (timer.kind !== 'on' && timer.kind !== 'persist')) return { is: 'moving' };
  if (first === undefined) return { is: 'unclear', why: 'it waits for an acknowledgement, and was looked at only once' };
  const acked = tcp.bytesAcked !== first.tcp?.bytesAcked;
  if (timer.kind === 'persist') return acked ? { is: 'moving' } : { is: 'held back' };
  const { lastAckMs, unacked, backoff, retransmitted, segmentsOut } = tcp;
  if (lastAckMs === undefined || first.tcp?.lastAckMs === undefined)
    return { is: 'unclear', why: 'when it was last acknowledged was not told (ss -i)' };
  // the socket's own clock: on a busy machine a look takes long, and when in it this was read is not known
  if (acked || lastAckMs < apartMs) return { is: 'moving' };
  if ((unacked ?? 0) < 1 || (backoff ?? 0) < MANY)
    return { is: 'unclear', why: `only ${backoff ?? 0} timeouts in a row so far: look again in a few seconds` };
  const earlier = (retransmitted ?? 0) - (backoff ?? 0) - 1;
  if (earlier > LOSSY * (segmentsOut ?? 1))
    return { is: 'unclear', why: `its path loses packets anyway: ${earlier} of ${segmentsOut ?? 0} segments had been sent again before` };
  return { is: 'silent' };
}

/**
 * Another connection to the same peer that was acknowledged after this one fell silent, and before this one's last packet left:
 * the peer and the way to it were well, and still that packet got no answer. A path that was down for a while shows no such thing.
 */
export function witnessOf({ scope, last }: Looked, facts: Facts): Socket | undefined {
  const { lastAckMs, lastSendMs, rttMs } = last.tcp ?? {};
  if (lastAckMs === undefined || lastSendMs === undefined) return undefined;
  const patience = Math.max(200, 4 * (rttMs ?? 0));
  const sockets = facts.partition('socket', scope)?.facts ?? [];
  return sockets.find(({ state, remote, local, tcp }) => {
    const acked = tcp?.lastAckMs;
    const isOther = remote?.address === last.remote?.address && remote?.port === last.remote?.port && local.port !== last.local.port;
    if (!isOther || state !== 'ESTAB' || acked === undefined) return false;
    return acked < lastAckMs && acked >= lastSendMs && lastSendMs >= patience;
  });
}
