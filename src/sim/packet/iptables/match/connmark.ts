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
    if (connection === null) return false;
    const { mark, unknownMark = 0 } = connection;
    const unlike = ((mark & wanted.mask) ^ wanted.value) >>> 0;
    const gap = templateMark(context, wanted.mask);
    if (gap !== undefined && (unlike & ~unknownMark) === 0) return gap;
    return (unlike === 0) !== option.not;
  };
};
