import { socketMet } from '../../socket/met.ts';
import { maskedOf, numberOf } from '../numbers.ts';
import type { Effect, MaybeTarget } from '../effect.ts';

/**
 * `-j TPROXY`: drops what no transparent socket takes (net/netfilter/xt_TPROXY.c tproxy_tg4, tproxy_tg6): neither that of the packet's
 * connection, by the addresses that it carries now, nor a listener on the port. Where each that is there is known not to be transparent,
 * the answer is known (include/net/netfilter/nf_tproxy.h nf_tproxy_sk_is_transparent: a request is what its listener is); else it is not.
 */
export const tproxy: MaybeTarget = (options) => {
  const port = numberOf(options.get('on-port')?.value ?? '');
  const address = options.get('on-ip');
  const mark = maskedOf(options.get('tproxy-mark')?.value ?? '0/0');
  if (port === undefined || mark === undefined) return undefined;
  const where = `${address === undefined || address.value === '0.0.0.0' ? '' : `${address.value}:`}${port}`;
  return (context): Effect => {
    const { packet, stack } = context;
    const { listeners } = stack;
    const asked = port === 0 ? packet.destinationPort : port;
    const found = listeners.is === 'gap' ? [] : (listeners.table.get(`${packet.protocol} ${asked}`) ?? []);
    const isOpening = packet.tcp === null || (packet.tcp.syn && !packet.tcp.ack);
    const hasNone = listeners.is === 'seen' && listeners.complete && found.every(({ transparent }) => transparent === false);
    if (hasNone && (isOpening || isOpaque(socketMet({ ...context, track: null })))) return { does: 'drop' };
    return { does: 'unknown', detail: `whether a transparent socket on ${where} takes the packet is not known` };
  };
};

/** Nobody, or whoever is not transparent. */
const isOpaque = (met: ReturnType<typeof socketMet>): boolean => met === null || (!('gap' in met) && met.transparent === false);
