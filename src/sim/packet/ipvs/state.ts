import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import type { TcpHeader } from '../packet.ts';

/** The columns of the table below. */
const STATES = [
  'NONE',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'SYNACK',
];
const SHORT: Readonly<Record<string, string>> = {
  ES: 'ESTABLISHED',
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  FW: 'FIN_WAIT',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  LI: 'LISTEN',
};

type Kind = 'syn' | 'fin' | 'ack' | 'rst';

/** The next state by direction, kind of packet and state (net/netfilter/ipvs/ip_vs_proto_tcp.c tcp_states). */
const TABLE: Readonly<Record<'request' | 'answer' | 'request only', Readonly<Record<Kind, string>>>> = {
  request: {
    syn: 'SR ES ES SR SR SR SR SR SR SR SR',
    fin: 'CL CW SS TW TW TW CL CW LA LI TW',
    ack: 'ES ES SS ES FW TW CL CW CL LI ES',
    rst: 'CL CL CL SR CL CL CL CL LA LI SR',
  },
  answer: {
    syn: 'SS ES SS SR SS SS SS SS SS LI SR',
    fin: 'TW FW SS TW FW TW CL TW LA LI TW',
    ack: 'ES ES SS ES FW TW CL CW LA ES ES',
    rst: 'CL CL SS CL CL TW CL CL CL CL CL',
  },
  // whose answers do not come by (IP_VS_CONN_F_NOOUTPUT)
  'request only': {
    syn: 'SR ES ES SR SR SR SR SR SR SR SR',
    fin: 'CL FW SS TW FW TW CL CW LA LI TW',
    ack: 'ES ES SS ES FW TW CL CW CL LI ES',
    rst: 'CL CL CL SR CL CL CL CL LA LI CL',
  },
};

/** What a packet counts as (tcp_state_idx). */
const kindOf = ({ rst, syn, fin, ack }: TcpHeader): Kind | undefined => (rst ? 'rst' : syn ? 'syn' : fin ? 'fin' : ack ? 'ack' : undefined);

/** The state of a connection after a packet of it (set_tcp_state). */
export function stateAfter({ state, forward }: IpvsTrack, header: TcpHeader, way: 'request' | 'answer'): string {
  const kind = kindOf(header);
  const row = way === 'request' && forward !== undefined ? 'request only' : way;
  const next = kind === undefined ? 'CL' : (TABLE[row][kind].split(' ')[Math.max(0, STATES.indexOf(state))] ?? 'CL');
  return SHORT[next] ?? 'CLOSE';
}

/** Whether a SYN, or of SCTP an INIT, may begin another connection in its place (is_new_conn_expected). */
export const isOver = (state: string): boolean => state === 'TIME_WAIT' || state === 'CLOSE' || state === 'CLOSED';
