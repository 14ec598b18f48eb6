import type { Stack } from '#dataplane/stack';
import { setting } from '../setting.ts';
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
    default:
      return `${protocol}_timeout`;
  }
}

const tcpName = (state: string): string => (state === 'SYN_SENT2' ? 'syn_sent' : state.toLowerCase());

/** When a connection that had a packet now is forgotten; nothing where the setting was not read, or there is none. */
export function expiryOf(stack: Stack, connection: Connection, at: number): number | null {
  const seconds = told(stack, nameOf(connection));
  if (seconds === null || !isOneSided(connection)) return seconds === null ? null : at + seconds * 1000;
  const unanswered = told(stack, 'tcp_timeout_unacknowledged');
  return unanswered === null ? null : at + Math.min(seconds, unanswered) * 1000;
}

function told(stack: Stack, name: string): number | null {
  const timeout = setting(stack, `${PREFIX}${name}`);
  return timeout.is === 'gap' || timeout.by.length === 0 ? null : timeout.value;
}

/** Taken up in its middle, and nothing came back yet: it is not kept for days (nf_conntrack_tcp_packet). */
const isOneSided = ({ protocol, tcp, seenReply }: Connection): boolean =>
  protocol === 'tcp' && tcp?.state === 'ESTABLISHED' && tcp.last?.kind !== 'rst' && !seenReply;
