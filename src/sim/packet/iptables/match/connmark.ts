import { seenBy } from '../../conntrack/connection.ts';
import type { Compile } from '../context.ts';
import { maskedOf } from '../numbers.ts';
import { templateMark } from '../template-mark.ts';

/** `-m connmark --mark value/mask`: never without a connection, not even negated (net/netfilter/xt_connmark.c connmark_mt). */
export const connmark: Compile = (options) => {
  const option = options.get('mark');
  const wanted = option === undefined ? undefined : maskedOf(option.value);
  if (option === undefined || wanted === undefined) return undefined;
  return (context) => {
    const connection = seenBy(context.track);
    const gap = templateMark(context);
    if (gap !== undefined) return gap;
    return connection !== null && ((connection.mark & wanted.mask) >>> 0 === wanted.value) !== option.not;
  };
};
