import type { Compile } from '../context.ts';
import { rangeOf, within } from '../numbers.ts';

/** `-m length --length`: of the whole IP packet (net/netfilter/xt_length.c length_mt). What GSO holds together is counted as one. */
export const length: Compile = (options) => {
  const option = options.get('length');
  const range = option === undefined ? undefined : rangeOf(option.value, ':', 65535);
  if (option === undefined || range === undefined) return undefined;
  return ({ packet }) => within(packet.size, range) !== option.not;
};
