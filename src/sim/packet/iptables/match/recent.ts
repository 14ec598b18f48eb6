import { type Compile, negated } from '../context.ts';
import { notTold } from '../not-told.ts';
import { takeAll } from './depends.ts';

/** `-m recent` (net/netfilter/xt_recent.c recent_mt): to remember an address always holds; whether one is remembered depends on the packets before. */
export const recent: Compile = (options) => {
  const set = options.get('set');
  takeAll(options);
  if (set !== undefined) return negated(set.not, () => true);
  return (context) => notTold(context, 'iptables', 'a list of recent addresses depends on the packets before (net/netfilter/xt_recent.c)');
};
