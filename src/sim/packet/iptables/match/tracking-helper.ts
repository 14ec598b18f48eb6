import { isExpected, UNTOLD_MASTER } from '../../conntrack/connection.ts';
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
    return connection === null || isExpected(connection) === false ? option.not : notTold(context, 'conntrack', UNTOLD_MASTER);
  };
};
