import { STATES, type Socket } from '../sockets.ts';

/** Sockets of other families that `ss -a` lists too. */
const OTHER_NETIDS = new Set([
  'nl',
  'u_str',
  'u_dgr',
  'u_seq',
  'p_raw',
  'p_dgr',
  'v_str',
  'v_dgr',
  'tipc',
  'xdp',
  'dccp',
  'mptcp',
  'icmp6',
  '???',
]);

/** What an association of SCTP shows in the place of its protocol (misc/ss.c sock_state_print). */
const ASSOCIATION = '`-';

/** Whether a line is one, though it begins with blanks. */
export const isAssociation = (line: string): boolean => line.trimStart().startsWith(`${ASSOCIATION} `);

const PROTOCOLS: ReadonlyMap<string, Socket['protocol']> = new Map([
  ['tcp', 'tcp'],
  ['udp', 'udp'],
  ['raw', 'raw'],
  ['sctp', 'sctp'],
  [ASSOCIATION, 'sctp'],
]);

/** The states of associations that TCP has not (misc/ss.c sctp_sstate_name); `(null)` is a listener once more. */
const ASSOCIATION_STATES = '(null) CLOSED COOKIE_WAIT COOKIE_ECHOED SHUTDOWN_PENDING SHUTDOWN_SENT SHUTDOWN_RECEIVED ACK_SENT'.split(' ');

const STATE_WORDS: ReadonlySet<string> = new Set([...STATES.filter((state) => state !== undefined), 'UNKNOWN', ...ASSOCIATION_STATES]);

/** The columns of one row. */
export type Row = {
  readonly protocol: Socket['protocol'] | undefined;
  readonly state: string;
  readonly recvQ: string;
  readonly sendQ: string;
  readonly local: string;
  readonly peer: string;
  readonly rest: readonly string[];
};

/** The columns of a line; `other` for a socket of another family, nothing for a line that is no row. */
export function rowOf(words: readonly string[]): Row | 'other' | undefined {
  const first = words[0] ?? '';
  if (OTHER_NETIDS.has(first)) return 'other';
  const protocol = PROTOCOLS.get(first);
  const columns = protocol === undefined ? words : words.slice(1);
  const [state = '', recvQ = '', sendQ = '', local = '', peer = '', ...rest] = columns;
  if (!STATE_WORDS.has(state) || peer === '') return undefined;
  return { protocol, state, recvQ, sendQ, local, peer, rest };
}

const ONLY_TCP = new Set(['LISTEN', 'SYN-SENT', 'SYN-RECV', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSING']);

/** The one protocol of a listing without a Netid column: by what was run, else by what only TCP or only UDP shows. */
export function protocolOfListing(argv: readonly string[], text: string, rows: readonly Row[]): Socket['protocol'] | undefined {
  const flags = argv.filter((word) => /^-[a-zA-Z]+$/.test(word)).join('');
  const told = [flags.includes('t') || argv.includes('--tcp'), flags.includes('u') || argv.includes('--udp')];
  if (told[0] !== told[1]) return told[0] === true ? 'tcp' : 'udp';
  if (rows.some(({ state }) => ONLY_TCP.has(state)) || / cwnd:\d/.test(text)) return 'tcp';
  return rows.some(({ state }) => state === 'UNCONN') ? 'udp' : undefined;
}
