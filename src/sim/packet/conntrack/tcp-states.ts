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

/** What a packet's flags make of it (enum tcp_bit_set). */
export type Kind = 'syn' | 'synack' | 'fin' | 'ack' | 'rst' | 'none';
/** Whether who opened the connection says it. */
export type Direction = 'original' | 'reply';

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

/** The state that a packet leads to. */
export const after = (direction: Direction, kind: Kind, state: TcpState): TcpState | 'invalid' | 'ignored' =>
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

/** Whether conntrack has a state of this name. */
export const isState = (text: string): text is TcpState => STATES.some((state) => state === text);
