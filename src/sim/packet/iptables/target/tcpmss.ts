import type { Context } from '../context.ts';
import { GO_ON, type MaybeTarget } from '../effect.ts';
import { isLaterFragment } from '../fragment.ts';
import { numberOf } from '../numbers.ts';

/**
 * `-j TCPMSS`: never makes the offer larger, and makes one where there is none (net/netfilter/xt_TCPMSS.c tcpmss_mangle_packet): what it was
 * is not known, only that it is not above from then on. A later piece is passed over.
 */
export const tcpmss: MaybeTarget = (options) => {
  const set = numberOf(options.get('set-mss')?.value ?? '');
  const clamps = options.has('clamp-mss-to-pmtu');
  if (set === undefined && !clamps) return undefined;
  return (context) => {
    const { tcp } = context.packet;
    const most = set ?? clamped(context);
    if (tcp === null || !tcp.syn || most === undefined || isLaterFragment(context.packet)) return GO_ON;
    const known = tcp.mss === undefined ? { mssAtMost: Math.min(tcp.mssAtMost ?? most, most) } : { mss: Math.min(tcp.mss, most) };
    context.packet = { ...context.packet, tcp: { ...tcp, ...known } };
    return GO_ON;
  };
};

/** What surely fits the way out; the way back may fit less (tcpmss_reverse_mtu). */
const clamped = ({ out, packet }: Context): number | undefined =>
  out?.mtu === undefined ? undefined : out.mtu - (packet.source.includes(':') ? 60 : 40);
