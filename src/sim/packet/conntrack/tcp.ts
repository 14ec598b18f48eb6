import type { Packet, TcpHeader } from '../packet.ts';
import { after, type Direction, isState, type Kind, kindOf, type TcpState } from './tcp-states.ts';
import { fitOf, inWindow, otherOf, type Segment, segmentOf, SILENT_WINDOWS, speaking, type TcpWindows, windowsFrom } from './tcp-window.ts';

/** A connection's state, and what was last seen of it. */
export type TcpTrack = {
  readonly state: TcpState;
  readonly last: Last | null;
  /** One side began to close (IP_CT_TCP_FLAG_CLOSE_INIT). */
  readonly closing: boolean;
  /** What both ends have said; `null` where nobody told the numbers of all that they said. */
  readonly windows: TcpWindows | null;
  /** It was met in its middle: nothing that both ends say, or one of them, is outside its windows (IP_CT_TCP_FLAG_BE_LIBERAL). */
  readonly liberal?: 'both' | Direction;
  /** Both sides have sent a SYN (IP_CT_TCP_SIMULTANEOUS_OPEN). */
  readonly simultaneous?: true;
  /** A SYN came while the last ACK was waited for: the next one may only ask about it (IP_CT_EXP_CHALLENGE_ACK). */
  readonly challenged?: true;
};

/** The packet that came before. */
type Last = { readonly kind: Kind; readonly direction: Direction };

/** What a packet does to the connection: it passes, passes without moving it, is no part of it, opens it anew, or ends it at once. */
export type TcpStep =
  | { readonly is: 'taken'; readonly track: TcpTrack; readonly assures: boolean; readonly renews: boolean }
  | { readonly is: 'ignored'; readonly track: TcpTrack }
  /** A FIN or a reset outside the windows may be noted all the same; one from each end shortens the connection's life. */
  | { readonly is: 'invalid'; readonly track?: TcpTrack; readonly shortens?: true }
  | { readonly is: 'reopened' }
  | { readonly is: 'killed' };

/** What else is known of the connection, and what the namespace lets pass: asked for only where it decides. */
export type Known = {
  readonly seenReply: boolean;
  readonly assured: boolean;
  /** Whether what is outside the windows passes (nf_conntrack_tcp_be_liberal). */
  readonly isLiberal: () => boolean;
  /** Whether a segment passes and moves nothing that is late, or says a little more than there was room for, and ends are noted (since 6.1). */
  readonly ignoresNear: () => boolean;
  /** Whether resets pass whose number is long over (nf_conntrack_tcp_ignore_invalid_rst). */
  readonly takesOldResets: () => boolean;
  /** What a segment is to the windows, where they are not known. */
  readonly fits: () => 'inside' | 'near' | 'outside';
  /** Whether a reset's number is long over, where the windows are not known. */
  readonly isOld: () => boolean;
  /** Whether a reset has the number that its receiver waits for, where the windows are not known and it is not over. */
  readonly isExact: () => boolean;
};

const FRESH: TcpTrack = { state: 'NONE', last: null, closing: false, windows: SILENT_WINDOWS };

/** A packet that opens or continues a connection. */
export type TcpPacket = Pick<Packet, 'source' | 'size'> & { readonly tcp: TcpHeader };

/** The state of a connection that begins with this packet, or nothing where none can (tcp_new). */
export function tcpOpens(packet: TcpPacket, isLoose: boolean): TcpTrack | undefined {
  const kind = kindOf(packet.tcp);
  const state = after('original', kind, 'NONE');
  if (state === 'invalid' || state === 'ignored' || (state !== 'SYN_SENT' && !isLoose)) return undefined;
  const segment = segmentOf(packet);
  const windows =
    segment === undefined ? null : inWindow(windowsFrom(segment, packet.tcp), segment, packet.tcp, 'original', 'NONE', null).windows;
  const track = { ...FRESH, state, last: { kind, direction: 'original' as const }, windows };
  return state === 'SYN_SENT' ? track : { ...track, liberal: 'both' };
}

/** What a further packet does (nf_conntrack_tcp_packet). Where nobody told its numbers, it is within the windows. */
export function tcpStep(track: TcpTrack, packet: TcpPacket, direction: Direction, known: Known): TcpStep {
  const { state, last } = track;
  const kind = kindOf(packet.tcp);
  const heard: Heard = { tcp: packet.tcp, kind, segment: segmentOf(packet), direction };
  const next = after(direction, kind, state);
  if (next === 'invalid') return { is: 'invalid' };
  const isLate = next === 'SYN_SENT' && (state === 'TIME_WAIT' || state === 'CLOSE');
  if (isLate && (track.closing || (last?.direction === direction && last.kind === 'rst'))) return { is: 'reopened' };
  if (isLate || next === 'ignored') return ignored(track, heard, known);
  if (isChallenge(track, direction, kind)) return { is: 'ignored', track: withoutChallenge(track) };
  const reset = kind === 'rst' ? resetBy(track, heard, known) : 'closes';
  if (reset === 'old') return { is: 'invalid' };
  const isMet = next === 'SYN_RECV' && direction === 'reply' && kind === 'ack' && track.simultaneous === true;
  return moved(track, reset === 'asks' ? state : isMet ? 'ESTABLISHED' : next, heard, known);
}

/** What a packet says, and from which side. */
type Heard = {
  readonly tcp: TcpHeader;
  readonly kind: Kind;
  /** Nothing where nobody told its numbers. */
  readonly segment: Segment | undefined;
  readonly direction: Direction;
};

/** A connection in its next state, if the packet is within its windows. */
function moved(track: TcpTrack, state: TcpState, heard: Heard, known: Known): TcpStep {
  const { tcp, kind, direction } = heard;
  const { is, windows } = windowed(track, heard, known);
  if (is === 'outside') return outside({ ...track, windows }, heard, known);
  if (is === 'moves nothing') return { is: 'ignored', track: { ...track, windows } };
  if (tcp.rst && !known.seenReply) return { is: 'killed' };
  const now: TcpTrack = {
    ...track,
    state,
    last: { kind, direction },
    closing: track.closing || (state === 'FIN_WAIT' && track.state !== state),
    windows,
    ...(state === 'SYN_SENT2' ? { simultaneous: true as const } : {}),
  };
  const assures = known.seenReply && state === 'ESTABLISHED' && (track.state === 'SYN_RECV' || track.state === 'ESTABLISHED');
  // who asks again and again for what nobody answers is not kept for that
  const renews = known.seenReply || kind !== 'syn' || track.state !== 'SYN_SENT';
  return { is: 'taken', track: now, assures, renews };
}

/** What a connection's windows make of a segment, and what they are after it. */
type Windowed = { readonly is: 'passes' | 'moves nothing' | 'outside'; readonly windows: TcpWindows | null };

function windowed(track: TcpTrack, heard: Heard, known: Known): Windowed {
  const { tcp, segment, direction } = heard;
  const { state, windows: before, last } = track;
  if (segment === undefined) return { is: 'passes', windows: null };
  if (tcp.rst && (OVER.has(state) || isAboutLetThrough(track, heard, known))) return { is: 'passes', windows: before };
  const passesAll = (): boolean => isLiberalTo(track, direction) || known.isLiberal();
  if (before === null && passesAll()) return { is: 'passes', windows: null };
  const { is, windows } =
    before === null ? { is: known.fits(), windows: null } : inWindow(before, segment, tcp, direction, state, last?.direction ?? null);
  if (is === 'inside' || (before !== null && passesAll())) return { is: 'passes', windows };
  return { is: is !== 'outside' && known.ignoresNear() ? 'moves nothing' : 'outside', windows };
}

const isLiberalTo = ({ liberal }: TcpTrack, direction: Direction): boolean => liberal === 'both' || liberal === direction;

/** States in which a reset needs no number: the tuple may be another connection's by now (tcp_can_early_drop). */
const OVER: ReadonlySet<TcpState> = new Set<TcpState>(['FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE']);

/** States in which nobody has acknowledged anything, so that no number is over (IP_CT_TCP_FLAG_MAXACK_SET). */
const UNACKED: ReadonlySet<TcpState> = new Set<TcpState>(['SYN_SENT', 'SYN_SENT2']);

/**
 * What a reset does (case TCP_CONNTRACK_CLOSE): it closes, it is long over, or its receiver asks about it, so that an established connection
 * stays so. It closes too where it comes right after what its sender said before, and after a SYN that was let through.
 */
function resetBy({ state, last, windows }: TcpTrack, { segment, direction }: Heard, known: Known): 'closes' | 'old' | 'asks' {
  if (segment === undefined || OVER.has(state) || last?.kind === 'syn') return 'closes';
  const isEstablished = state === 'ESTABLISHED' && known.assured;
  if (windows === null) {
    const isAnswered = !UNACKED.has(state) && (direction === 'reply' || known.seenReply);
    const mayBeOld = isAnswered && (isEstablished || segment.seq !== 0);
    if (mayBeOld && !known.takesOldResets() && known.isOld()) return 'old';
    return !isEstablished || known.isExact() ? 'closes' : 'asks';
  }
  const fit = fitOf(windows, segment, direction);
  if (fit === 'exact' || (segment.seq === 0 && !isEstablished)) return 'closes';
  if (fit === 'old' && !known.takesOldResets()) return 'old';
  const isOfTrain = last?.kind === 'ack' && last.direction === direction && windows.last.end === segment.seq;
  return isEstablished && !isOfTrain ? 'asks' : 'closes';
}

/**
 * Whether a reset answers what was let through: a SYN, an ACK of a connection that is half open, or one that asks about a SYN; what it
 * acknowledges, or has as its number, was ignored.
 */
function isAboutLetThrough({ state, last, windows }: TcpTrack, { segment, direction }: Heard, { seenReply, assured }: Known): boolean {
  if (segment === undefined || windows === null || last === null) return false;
  if (last.direction !== direction && segment.ack === windows.last.end) {
    if (last.kind === 'syn' && seenReply) return true;
    if (last.kind === 'ack' && !assured && windows[otherOf(direction)].acked === null) return true;
  }
  return state === 'SYN_SENT' && last.kind === 'ack' && last.direction === 'reply' && segment.seq === windows.last.ack;
}

/**
 * What ends a connection is noted even outside its windows, since 6.1: after that no SYN opens it anew, and once both ends have said it the
 * connection lives no longer than one with something unacknowledged (nf_tcp_handle_invalid).
 */
function outside(track: TcpTrack, { kind, direction }: Heard, { assured, ignoresNear }: Known): TcpStep {
  const { last } = track;
  const ends = (one: Kind | undefined): boolean => one === 'fin' || one === 'rst';
  if (!assured || !ends(kind) || !ignoresNear()) return { is: 'invalid', track };
  const isAnswer = ends(last?.kind) && last?.direction !== direction;
  return isAnswer ? { is: 'invalid', track, shortens: true } : { is: 'invalid', track: { ...track, last: { kind, direction } } };
}

const follows = (last: Last | null, direction: Direction): boolean => last?.kind === 'syn' && last.direction !== direction;

/** Who waits for the last ACK and gets a SYN asks with an ACK whether that was meant (RFC 5961, sec. 4): that is no last ACK. */
const isChallenge = ({ state, last, challenged }: TcpTrack, direction: Direction, kind: Kind): boolean =>
  challenged === true && state === 'LAST_ACK' && kind === 'ack' && follows(last, direction);

function withoutChallenge({ challenged: _, ...track }: TcpTrack): TcpTrack {
  return track;
}

/**
 * A SYN-ACK for a SYN that was let through shows that both ends are ahead of this table; who sends it may still say what it likes, if it
 * might before (case TCP_CONNTRACK_IGNORE, nf_ct_tcp_state_reset).
 */
function ignored(track: TcpTrack, heard: Heard, asked: Known): TcpStep {
  const { last, windows } = track;
  const { kind, segment, direction } = heard;
  const acknowledges = windows === null || segment === undefined || segment.ack === windows.last.end;
  if (kind === 'synack' && follows(last, direction) && acknowledges) {
    const known = windows === null ? null : { ...SILENT_WINDOWS, [otherOf(direction)]: speaking(windows.last) };
    const liberal = isLiberalTo(track, direction) ? { liberal: direction } : {};
    return moved({ ...FRESH, ...liberal, state: 'SYN_SENT', windows: known }, 'SYN_RECV', heard, asked);
  }
  const isAsked = kind === 'syn' && direction === 'original' ? track.state === 'LAST_ACK' : track.challenged === true;
  const unasked = withoutChallenge(track);
  const { simultaneous: _, ...others } = unasked;
  const now: TcpTrack = {
    ...(kind === 'syn' && direction === 'original' ? others : unasked),
    last: { kind, direction },
    windows: windows === null || segment === undefined ? null : { ...windows, last: segment },
    ...(isAsked ? { challenged: true as const } : {}),
  };
  return { is: 'ignored', track: now };
}

/** States that only the first FIN leads to (IP_CT_TCP_FLAG_CLOSE_INIT). */
const CLOSING: ReadonlySet<TcpState> = new Set<TcpState>(['FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT']);

/** The state of a captured entry as conntrack writes it. */
export function tcpFrom(text: string | null | undefined): TcpTrack {
  const state = text !== null && text !== undefined && isState(text) ? text : 'ESTABLISHED';
  return { ...FRESH, state, closing: CLOSING.has(state), windows: null };
}
