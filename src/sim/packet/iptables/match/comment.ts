import type { Compile } from '../context.ts';

/** `-m comment`: says something to people (net/netfilter/xt_comment.c). */
export const comment: Compile = (options) => {
  options.get('comment');
  return () => true;
};
