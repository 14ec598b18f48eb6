import type { Compile } from '../context.ts';

/** `-m nfacct`: counts under a name and always holds (net/netfilter/xt_nfacct.c nfacct_mt). Its quota only raises an alarm. */
export const nfacct: Compile = (options) => {
  options.get('nfacct-name');
  return () => true;
};
