import { entryOf } from '#net/entry';
import type { Compile } from '../context.ts';
import { maskedOf } from '../numbers.ts';
import { TOS_NAMES } from '../tos-names.ts';

/** `-m tos --tos value/mask` (net/netfilter/xt_dscp.c tos_mt). */
export const tos: Compile = (options) => {
  const option = options.get('tos');
  const wanted = option === undefined ? undefined : (entryOf(TOS_NAMES, option.value.toLowerCase()) ?? maskedOf(option.value));
  if (option === undefined || wanted === undefined) return undefined;
  const mask = wanted.mask & 0xff;
  return ({ packet }) => (((packet.tos ?? 0) & mask) === wanted.value) !== option.not;
};
