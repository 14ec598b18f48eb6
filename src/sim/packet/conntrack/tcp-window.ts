import { familyOf } from '#net/ip';
import type { Packet, TcpHeader } from '../packet.ts';
import { type Direction, kindOf, type TcpState } from './tcp-states.ts';

/** What one end has said so far (struct ip_ct_tcp_state), in sequence numbers and bytes. */
type Side = {
  /** After all that it sent (td_end). */
  readonly end: number;
  /** After all that the other end has room for (td_maxend). */
  readonly maxEnd: number;
  /** The most room that it has offered (td_maxwin): 0 before it said anything. */
  readonly room: number;
  /** The furthest that it has acknowledged (td_maxack). */
  readonly acked: number | null;
  /** It sent what the other end has not acknowledged yet (IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED). */
  readonly waits?: true;
};

/**
 * What both ends have said, the last segment that was kept to compare with (last_seq, last_ack, last_end, last_win), and how often that
 * was said again since.
 */
export type TcpWindows = Readonly<Record<Direction, Side>> & {
  readonly last: Pick<Segment, 'seq' | 'ack' | 'end' | 'window'>;
  readonly again: number;
};

/** A segment: its numbers, and the one after all that it carries. */
export type Segment = NonNullable<TcpHeader['numbers']> & { readonly end: number };

/** What a segment is to the windows: within them, over what there was room for, late, or none of theirs; and what they are after it. */
export type InWindow = { readonly is: 'inside' | 'over' | 'late' | 'outside'; readonly windows: TcpWindows };

const SILENT: Side = { end: 0, maxEnd: 0, room: 0, acked: null };

/** Of a connection that begins. */
export const SILENT_WINDOWS: TcpWindows = { original: SILENT, reply: SILENT, last: { seq: 0, ack: 0, end: 0, window: 0 }, again: 0 };

/** What sequence numbers are counted modulo. */
const ALL = 2 ** 32;

/** Whether a number comes before another one (include/net/tcp.h before). */
export const isBefore = (one: number, other: number): boolean => ((one - other) | 0) < 0;
const isAfter = (one: number, other: number): boolean => isBefore(other, one);

/** An acknowledgement may lag so far behind at least (MAXACKWINCONST). */
const LAG = 66000;

/** Bytes of headers without options. */
const HEADERS = { 4: 40, 6: 60 } as const;

/** Bytes of the option that offers an MSS (include/net/tcp.h TCPOLEN_MSS). */
const MSS_OPTION = 4;

/** The numbers of a packet, where somebody told them (segment_seq_plus_len): it has no other option than the MSS that it offers. */
export function segmentOf({ tcp, source, size }: Pick<Packet, 'tcp' | 'source' | 'size'>): Segment | undefined {
  const numbers = tcp?.numbers;
  if (tcp === null || numbers === undefined) return undefined;
  const options = tcp.mss === undefined ? 0 : MSS_OPTION;
  const content = Math.max(0, size - HEADERS[familyOf(source)] - options);
  return { ...numbers, end: (numbers.seq + content + (tcp.syn ? 1 : 0) + (tcp.fin ? 1 : 0)) % ALL };
}

export const otherOf = (direction: Direction): Direction => (direction === 'original' ? 'reply' : 'original');

type Compared = Pick<TcpWindows, 'last' | 'again'>;

const withSides = (direction: Direction, sender: Side, receiver: Side, { last, again }: Compared): TcpWindows =>
  direction === 'original' ? { original: sender, reply: receiver, last, again } : { original: receiver, reply: sender, last, again };

/** The windows of a connection whose first packet this is (tcp_new): a SYN asks for room later, who is met in the middle has some. */
export function windowsFrom(segment: Segment, tcp: TcpHeader): TcpWindows {
  const { end, window } = segment;
  const room = Math.max(1, window);
  return { ...SILENT_WINDOWS, original: { end, maxEnd: tcp.syn ? end : (end + room) % ALL, room, acked: null } };
}

/** One end begins to speak with a SYN; what it has acknowledged before stays, without options (tcp_init_sender, tcp_options). */
export const speaking = ({ end, window }: Pick<Segment, 'end' | 'window'>, before: Side = SILENT): Side => ({
  ...before,
  end,
  maxEnd: end,
  room: Math.max(1, window),
});

/** What is compared with the next segment: an ACK that says what the one before said, from the same side, is one more (`retrans`). */
function compared(windows: TcpWindows, segment: Segment, tcp: TcpHeader, isSameSide: boolean): Compared {
  if (kindOf(tcp) !== 'ack') return windows;
  const { last, again } = windows;
  const isAgain = isSameSide && (['seq', 'ack', 'end', 'window'] as const).every((name) => last[name] === segment[name]);
  return isAgain ? { last, again: again + 1 } : { last: segment, again: 0 };
}

/**
 * What a further segment is to the windows, without options: none is scaled, and none acknowledges selectively (tcp_in_window). `spoke`
 * is the side that spoke last.
 */
export function inWindow(
  windows: TcpWindows,
  segment: Segment,
  tcp: TcpHeader,
  direction: Direction,
  state: TcpState,
  spoke: Direction | null,
): InWindow {
  const before = { sender: windows[direction], receiver: windows[otherOf(direction)] };
  const isOpening = state === 'SYN_SENT' || state === 'SYN_RECV';
  const isAgain = before.sender.room > 0 && tcp.syn && isAfter(segment.end, before.sender.end) && isOpening;
  const speaks = tcp.syn && (before.sender.room === 0 || isAgain);
  const { sender, receiver } = speaks
    ? { ...before, sender: speaking(segment, before.sender) }
    : before.sender.room === 0
      ? metInTheMiddle(before.receiver, segment)
      : before;
  if (speaks && !tcp.ack && (!isAgain || direction === 'reply'))
    return { is: 'inside', windows: withSides(direction, sender, receiver, windows) };
  const ack = !tcp.ack || (tcp.rst && segment.ack === 0) ? receiver.end : segment.ack;
  const isBareReset = tcp.rst && segment.seq === 0 && state === 'SYN_SENT';
  const [seq, end] = isBareReset ? [sender.end, sender.end] : [segment.seq, segment.end];
  const unchanged = withSides(direction, sender, receiver, windows);
  const isAckFresh = isAfter(ack, receiver.end - Math.max(sender.room, LAG) - 1);
  const isAckSent = !isAfter(ack, receiver.end);
  const isWanted = receiver.room === 0 || isAfter(end, sender.end - receiver.room - 1);
  if (isAfter(seq, sender.maxEnd)) {
    const over = (end - sender.maxEnd + 1) >>> 0;
    const isLittle = receiver.room > 0 && isWanted && isAckFresh && isAckSent && over <= receiver.room;
    return isLittle
      ? { is: 'over', windows: withSides(direction, { ...sender, end, waits: true }, receiver, windows) }
      : { is: 'outside', windows: unchanged };
  }
  if (!isAckSent) return { is: 'outside', windows: unchanged };
  if (!isWanted || !isAckFresh) return { is: 'late', windows: unchanged };
  const { window } = segment;
  const isFurther = isAfter((ack + window) % ALL, receiver.maxEnd - 1);
  return {
    is: 'inside',
    windows: withSides(
      direction,
      {
        ...(isAfter(end, sender.end) ? { ...sender, waits: true as const } : sender),
        room: Math.max(sender.room, window),
        end: isAfter(end, sender.end) ? end : sender.end,
        acked: tcp.ack && (sender.acked === null || isAfter(ack, sender.acked)) ? ack : sender.acked,
      },
      {
        ...(ack === receiver.end ? atRest(receiver) : receiver),
        room: receiver.room > 0 && isAfter(end, sender.maxEnd) ? receiver.room + ((end - sender.maxEnd) >>> 0) : receiver.room,
        maxEnd: isFurther ? (ack + Math.max(1, window)) % ALL : receiver.maxEnd,
      },
      compared(windows, { ...segment, seq, ack, end }, tcp, spoke === direction),
    ),
  };
}

function atRest({ waits: _, ...side }: Side): Side {
  return side;
}

/** Who is heard first in the middle of what he says: what he acknowledges tells of the other end, where that was not heard either. */
function metInTheMiddle(receiver: Side, { end, ack, window }: Segment): { readonly sender: Side; readonly receiver: Side } {
  const room = Math.max(1, window);
  const sender: Side = { end, maxEnd: (end + room) % ALL, room, acked: null };
  if (receiver.room === 0) return { sender, receiver: { ...receiver, end: ack, maxEnd: ack } };
  return { sender, receiver: ack === (receiver.end + 1) % ALL ? { ...receiver, end: ack } : receiver };
}

/**
 * How a reset fits what the other end has acknowledged: a receiver takes exactly the number that it waits for, one before it is old, and
 * about any other it asks (RFC 5961, sec. 3; nf_conntrack_tcp_packet, case TCP_CONNTRACK_CLOSE).
 */
export function fitOf(windows: TcpWindows, { seq }: Segment, direction: Direction): 'exact' | 'old' | 'other' {
  const { acked } = windows[otherOf(direction)];
  if (acked === null || acked === seq) return 'exact';
  return isBefore(seq, acked) ? 'old' : 'other';
}
