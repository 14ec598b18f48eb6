import { GO_ON, type MaybeTarget } from '../effect.ts';
import { numberOf } from '../numbers.ts';

/** `-j TTL` and `-j HL` (net/netfilter/xt_HL.c ttl_tg, hl_tg6). */
export const ttl: MaybeTarget = (options) => {
  const set = numberOf(options.get('ttl-set', 'hl-set')?.value ?? '');
  const less = numberOf(options.get('ttl-dec', 'hl-dec')?.value ?? '');
  const more = numberOf(options.get('ttl-inc', 'hl-inc')?.value ?? '');
  if (set === undefined && less === undefined && more === undefined) return undefined;
  return (context) => {
    const next = set ?? context.packet.ttl - (less ?? 0) + (more ?? 0);
    context.packet = { ...context.packet, ttl: Math.min(255, Math.max(0, next)) };
    return GO_ON;
  };
};
