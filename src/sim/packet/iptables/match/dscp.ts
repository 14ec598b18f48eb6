import type { Compile } from '../context.ts';
import { numberOf } from '../numbers.ts';
import { dscpOf } from '../tos-names.ts';

/** `-m dscp` (net/netfilter/xt_dscp.c dscp_mt). */
export const dscp: Compile = (options) => {
  const value = options.get('dscp');
  const named = options.get('dscp-class');
  const wanted = value === undefined ? dscpOf(named?.value ?? '') : numberOf(value.value);
  const option = value ?? named;
  if (option === undefined || wanted === undefined) return undefined;
  return ({ packet }) => ((packet.tos ?? 0) >> 2 === wanted) !== option.not;
};
