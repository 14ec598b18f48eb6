import type { Context } from '../context.ts';
import { GO_ON, type MaybeTarget } from '../effect.ts';
import { numberOf } from '../numbers.ts';

/** `-j TCPMSS`: never makes the offer larger (net/netfilter/xt_TCPMSS.c tcpmss_mangle_packet). */
export const tcpmss: MaybeTarget = (options) => {
  const set = numberOf(options.get('set-mss')?.value ?? '');
  const clamps = options.has('clamp-mss-to-pmtu');
  if (set === undefined && !clamps) return undefined;
  return (context) => {
    const { tcp } = context.packet;
    const most = set ?? clamped(context);
    if (tcp === null || !tcp.syn || most === undefined) return GO_ON;
    context.packet = { ...context.packet, tcp: { ...tcp, mss: Math.min(tcp.mss ?? most, most) } };
    return GO_ON;
  };
};

/** What fits the smaller of the devices that the packet comes in and leaves by. */
function clamped(context: Context): number | undefined {
  const sizes = [context.in?.mtu, context.out?.mtu].filter((mtu) => mtu !== undefined);
  return sizes.length === 0 ? undefined : Math.min(...sizes) - (context.packet.source.includes(':') ? 60 : 40);
}
