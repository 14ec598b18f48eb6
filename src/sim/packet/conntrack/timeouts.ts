import type { Stack } from '#dataplane/stack';
import { setting } from '../setting.ts';
import { kernelOf } from '../route/kernel.ts';
import type { Connection } from './connection.ts';

const PREFIX = 'net.netfilter.nf_conntrack_';

/** The setting that says how long an entry lives without packets (net/netfilter/nf_conntrack_standalone.c). */
function nameOf({ protocol, seenReply, assured, tcp, sctp }: Connection): string {
  switch (protocol) {
    case 'udp':
      return seenReply && assured === true ? 'udp_timeout_stream' : 'udp_timeout';
    case 'tcp':
      // a reset that leaves a connection as it was shortens its life all the same
      return `tcp_timeout_${tcp?.last?.kind === 'rst' ? 'close' : tcpName(tcp?.state ?? 'ESTABLISHED')}`;
    case 'sctp':
      return `sctp_timeout_${(sctp?.state ?? 'ESTABLISHED').toLowerCase()}`;
    case 'gre':
      return seenReply ? 'gre_timeout_stream' : 'gre_timeout';
    case 'icmp':
    case 'icmpv6':
      return `${protocol}_timeout`;
    default:
      return 'generic_timeout';
  }
}

const tcpName = (state: string): string => (state === 'SYN_SENT2' ? 'syn_sent' : state.toLowerCase());

/** When a connection that had a packet now is forgotten; nothing where the setting was not read, or there is none. */
export function expiryOf(stack: Stack, connection: Connection, at: number): number | null {
  const seconds = secondsOf(stack, connection);
  return seconds === null ? null : at + seconds * 1000;
}

/** The end of nf_conntrack_tcp_packet: the first of what shortens a life that does. */
function secondsOf(stack: Stack, connection: Connection): number | null {
  const usual = told(stack, nameOf(connection));
  if (usual === null || connection.protocol !== 'tcp') return usual;
  for (const name of [...shortened(stack, connection), ...(isOneSided(connection) ? [UNANSWERED] : [])]) {
    const seconds = told(stack, name);
    if (seconds === null || seconds < usual) return seconds;
  }
  return usual;
}

const UNANSWERED = 'tcp_timeout_unacknowledged';
const REPEATED = 'tcp_timeout_max_retrans';

/** By what ends have said: too often the same, what nobody has acknowledged, that there is no room. */
function shortened(stack: Stack, { tcp }: Connection): readonly string[] {
  const windows = tcp?.windows ?? null;
  if (windows === null) return [];
  const isRepeated = windows.again >= (told(stack, 'tcp_max_retrans') ?? Infinity);
  const repeated = isRepeated ? [REPEATED] : [];
  if (tcp?.last?.kind === 'rst') return repeated;
  const waits = windows.original.waits === true || windows.reply.waits === true;
  // who has no room is asked again and again, as who does not answer (since 5.1)
  const isFull = windows.last.window === 0 && kernelOf(stack, [5, 1]);
  return [...repeated, ...(waits ? [UNANSWERED] : []), ...(isFull ? [REPEATED] : [])];
}

function told(stack: Stack, name: string): number | null {
  const timeout = setting(stack, `${PREFIX}${name}`);
  return timeout.is === 'gap' || timeout.by.length === 0 ? null : timeout.value;
}

/** Taken up in its middle, and nothing came back yet: it is not kept for days (nf_conntrack_tcp_packet). */
const isOneSided = ({ protocol, tcp, seenReply }: Connection): boolean =>
  protocol === 'tcp' && tcp?.state === 'ESTABLISHED' && tcp.last?.kind !== 'rst' && !seenReply;
