import { isUnspecified, parseIp } from '#net/ip';
import { divert } from '../../socket/divert.ts';
import type { Effect, MaybeTarget } from '../effect.ts';
import { maskedOf, numberOf } from '../numbers.ts';

/**
 * `-j TPROXY`: gives the packet to a transparent socket of this namespace, marks it and lets it pass; what no such socket takes is dropped
 * (net/netfilter/xt_TPROXY.c tproxy_tg4, tproxy_tg6).
 */
export const tproxy: MaybeTarget = (options) => {
  const port = numberOf(options.get('on-port')?.value ?? '');
  const given = parseIp(options.get('on-ip')?.value ?? '0.0.0.0');
  const mark = maskedOf(options.get('tproxy-mark')?.value ?? '0/0');
  if (port === undefined || mark === undefined || given === undefined) return undefined;
  const address = isUnspecified(given) ? null : given;
  const where = `${address === null ? '' : `${address}:`}${port === 0 ? '' : port}`;
  return (context): Effect => {
    const taken = divert({ ...context, diverted: null }, { address, port: port === 0 ? null : port });
    if (taken === null) return { does: 'drop' };
    const isUntold = 'gap' in taken;
    if (isUntold || context.bridged !== null) {
      const why = isUntold ? taken.gap.detail : 'the packet is on a bridge';
      return {
        does: 'unknown',
        detail: `whether a transparent socket${where === '' ? '' : ` on ${where}`} takes the packet is not known: ${why}`,
      };
    }
    context.diverted = taken;
    const { packet } = context;
    context.packet = { ...packet, mark: ((packet.mark & ~mark.mask) ^ mark.value) >>> 0 };
    return { does: 'accept' };
  };
};
