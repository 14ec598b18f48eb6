import type { Compile } from '../context.ts';
import { notTold } from '../not-told.ts';

/**
 * `-m helper` (net/netfilter/xt_helper.c helper_mt): only a connection that another one announced has a helper to ask about;
 * none of those that a run makes is, and a captured one does not tell.
 */
export const helper: Compile = (options) => {
  const option = options.get('helper');
  if (option === undefined) return undefined;
  return (context) => {
    const connection = context.track?.connection ?? null;
    if (connection?.captured == null) return option.not;
    return notTold(context, 'conntrack', 'whether another connection announced a captured one is not told');
  };
};
