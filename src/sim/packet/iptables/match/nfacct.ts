import type { Compile } from '../context.ts';
import { notTold } from '../not-told.ts';

/** Objects that kube-proxy makes, without a quota (pkg/proxy/iptables/proxier.go). */
const WITHOUT_QUOTA: ReadonlySet<string> = new Set(['ct_state_invalid_dropped_pkts', 'localhost_nps_accepted_pkts']);

/**
 * `-m nfacct`: counts under a name. It always holds, but by an object with a quota, which holds once that is used up (net/netfilter/xt_nfacct.c
 * nfacct_mt, nfnetlink_acct.c nfnl_acct_overquota): which objects have one is not captured.
 */
export const nfacct: Compile = (options) => {
  const name = options.get('nfacct-name')?.value ?? '';
  if (WITHOUT_QUOTA.has(name)) return () => true;
  return (context) => notTold(context, 'nfacct', `whether the object ${name} has a quota is not captured (net/netfilter/xt_nfacct.c)`);
};
