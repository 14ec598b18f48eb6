import type { Compile } from '../context.ts';
import { notTold } from '../not-told.ts';
import { rangeOf } from '../numbers.ts';

/** `-m length --length`: of the whole IP packet (net/netfilter/xt_length.c length_mt). What GSO holds together is counted as one. */
export const length: Compile = (options) => {
  const option = options.get('length');
  const range = option === undefined ? undefined : rangeOf(option.value, ':', 65535);
  if (option === undefined || range === undefined) return undefined;
  const [from, to] = range;
  return (context) => {
    const { size, leastSize = size } = context.packet;
    const [isSome, isAll] = [from <= size && to >= leastSize, from <= leastSize && to >= size];
    return isSome && !isAll ? notTold(context, 'packet', UNTOLD) : isAll !== option.not;
  };
};

const UNTOLD = 'how long it is is not told: what its SYN offers is not';
