import type { Compile } from '../context.ts';
import { maskedOf } from '../numbers.ts';

/** `-m mark --mark value/mask` (net/netfilter/xt_mark.c mark_mt). */
export const mark: Compile = (options) => {
  const option = options.get('mark');
  const wanted = option === undefined ? undefined : maskedOf(option.value);
  if (option === undefined || wanted === undefined) return undefined;
  return ({ packet }) => ((packet.mark & wanted.mask) >>> 0 === wanted.value) !== option.not;
};
