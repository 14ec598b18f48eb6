import type { TcpHeader } from '../packet.ts';

/** Where a TCP connection is (enum tcp_conntrack). */
export type TcpState =
  | 'NONE'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'SYN_SENT2';

type Kind = 'syn' | 'synack' | 'fin' | 'ack' | 'rst' | 'none';
type Direction = 'original' | 'reply';

/** A connection's state, and what was last seen of it. */
export type TcpTrack = {
  readonly state: TcpState;
  readonly last: { readonly kind: Kind; readonly direction: Direction } | null;
  /** One side began to close (IP_CT_TCP_FLAG_CLOSE_INIT). */
  readonly closing: boolean;
};

/** What a packet does to the connection: it passes, is no part of it, opens it anew, or ends it at once. */
export type TcpStep =
  | { readonly is: 'taken'; readonly track: TcpTrack; readonly assures: boolean }
  | { readonly is: 'invalid' }
  | { readonly is: 'reopened' }
  | { readonly is: 'killed' };

const STATES: readonly TcpState[] = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
];

const NAMES: Readonly<Record<string, TcpState | 'invalid' | 'ignored'>> = {
  NO: 'NONE',
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  ES: 'ESTABLISHED',
  FW: 'FIN_WAIT',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  S2: 'SYN_SENT2',
  IV: 'invalid',
  IG: 'ignored',
};

/** The next state by direction, kind of packet and state in the order of `STATES` (net/netfilter/nf_conntrack_proto_tcp.c tcp_conntracks). */
const TABLE: Readonly<Record<Direction, Readonly<Record<Kind, string>>>> = {
  original: {
    syn: 'SS SS IG IG IG IG IG SS SS S2',
    synack: 'IV IV SR IV IV IV IV IV IV SR',
    fin: 'IV IV FW FW LA LA LA TW CL IV',
    ack: 'ES IV ES ES CW CW TW TW CL IV',
    rst: 'IV CL CL CL CL CL CL CL CL CL',
    none: 'IV IV IV IV IV IV IV IV IV IV',
  },
  reply: {
    syn: 'IV S2 IV IV IV IV IV SS IV S2',
    synack: 'IV SR IG IG IG IG IG IG IG SR',
    fin: 'IV IV FW FW LA LA LA TW CL IV',
    ack: 'IV IG SR ES CW CW TW TW CL IG',
    rst: 'IV CL CL CL CL CL CL CL CL CL',
    none: 'IV IV IV IV IV IV IV IV IV IV',
  },
};

const after = (direction: Direction, kind: Kind, state: TcpState): TcpState | 'invalid' | 'ignored' =>
  NAMES[TABLE[direction][kind].split(' ')[STATES.indexOf(state)] ?? 'IV'] ?? 'invalid';

/** What kind of packet the flags make (get_conntrack_index). */
export function kindOf({ syn, ack, rst, fin }: TcpHeader): Kind {
  if (rst) return 'rst';
  if (syn) return ack ? 'synack' : 'syn';
  if (fin) return 'fin';
  return ack ? 'ack' : 'none';
}

/** Flags that go together; ECE, CWR and PSH do not count (tcp_valid_flags). */
const VALID_FLAGS = new Set(['S', 'SU', 'SA', 'R', 'RA', 'FA', 'FAU', 'A', 'AU']);

/** Whether a packet may carry these flags at once (tcp_error). */
export const isValidFlags = ({ syn, ack, rst, fin, urg }: TcpHeader): boolean =>
  VALID_FLAGS.has(`${syn ? 'S' : ''}${rst ? 'R' : ''}${fin ? 'F' : ''}${ack ? 'A' : ''}${urg === true ? 'U' : ''}`);

const FRESH: TcpTrack = { state: 'NONE', last: null, closing: false };

/** The state of a connection that begins with this packet, or nothing where none can (tcp_new). */
export function tcpOpens(header: TcpHeader, isLoose: boolean): TcpTrack | undefined {
  const kind = kindOf(header);
  const next = after('original', kind, 'NONE');
  if (next === 'invalid' || next === 'ignored' || (next !== 'SYN_SENT' && !isLoose)) return undefined;
  return { ...FRESH, state: next, last: { kind, direction: 'original' } };
}

/** What a further packet does (nf_conntrack_tcp_packet). Sequence numbers are not walked: every packet is taken as within the window. */
export function tcpStep(track: TcpTrack, header: TcpHeader, direction: Direction, seenReply: boolean): TcpStep {
  const kind = kindOf(header);
  const { state, last } = track;
  const next = after(direction, kind, state);
  if (next === 'invalid') return { is: 'invalid' };
  if (next === 'SYN_SENT' && (state === 'TIME_WAIT' || state === 'CLOSE')) {
    const isReopened = track.closing || (last?.direction === direction && last.kind === 'rst');
    return isReopened ? { is: 'reopened' } : taken({ ...track, last: { kind, direction } });
  }
  if (next === 'ignored') return ignored(track, kind, direction);
  if (kind === 'rst' && !seenReply) return { is: 'killed' };
  const moved: TcpTrack = {
    state: next,
    last: { kind, direction },
    closing: track.closing || (next === 'FIN_WAIT' && state !== next),
  };
  const assures = seenReply && next === 'ESTABLISHED' && (state === 'SYN_RECV' || state === 'ESTABLISHED');
  return { is: 'taken', track: moved, assures };
}

const taken = (track: TcpTrack): TcpStep => ({ is: 'taken', track, assures: false });

/** A SYN-ACK for a SYN that was let through shows that both ends are ahead of this table (case TCP_CONNTRACK_IGNORE). */
function ignored(track: TcpTrack, kind: Kind, direction: Direction): TcpStep {
  const { last } = track;
  if (kind === 'synack' && last?.kind === 'syn' && last.direction !== direction)
    return taken({ state: 'SYN_RECV', last: { kind, direction }, closing: false });
  return taken({ ...track, last: { kind, direction } });
}

const isState = (text: string): text is TcpState => STATES.some((state) => state === text);

/** States that only the first FIN leads to (IP_CT_TCP_FLAG_CLOSE_INIT). */
const CLOSING: ReadonlySet<TcpState> = new Set<TcpState>(['FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT']);

/** The state of a captured entry as conntrack writes it. */
export function tcpFrom(text: string | null | undefined): TcpTrack {
  const state = text !== null && text !== undefined && isState(text) ? text : 'ESTABLISHED';
  return { ...FRESH, state, closing: CLOSING.has(state) };
}
