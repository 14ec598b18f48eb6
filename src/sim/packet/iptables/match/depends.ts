import type { Compile, Options } from '../context.ts';
import { notTold } from '../not-told.ts';

/** Takes every option as read. */
export const takeAll = (options: Options): void => options.readAll();

/** A match that depends on what a packet does not show: other packets, the clock, the payload. */
const depends =
  (of: string, detail: string): Compile =>
  (options) => {
    takeAll(options);
    return (context) => notTold(context, of, detail);
  };

/** Matches that are never answered, each with what it depends on and the kernel's file. */
export const DEPENDENT: Readonly<Record<string, Compile>> = {
  bpf: depends('iptables', 'a bpf program is not run (net/netfilter/xt_bpf.c)'),
  cgroup: depends('socket', 'the control group of the sending socket is not known (net/netfilter/xt_cgroup.c)'),
  connbytes: depends('conntrack', 'connbytes depends on how much was sent before (net/netfilter/xt_connbytes.c)'),
  connlabel: depends('conntrack', 'labels of connections are not captured (net/netfilter/xt_connlabel.c)'),
  connlimit: depends('conntrack', 'connlimit depends on the other connections (net/netfilter/xt_connlimit.c)'),
  cpu: depends('iptables', 'which processor takes the packet is not known (net/netfilter/xt_cpu.c)'),
  devgroup: depends('link', 'groups of devices are not captured (net/netfilter/xt_devgroup.c)'),
  hashlimit: depends('iptables', 'a hashlimit depends on how many packets came before (net/netfilter/xt_hashlimit.c)'),
  ipvs: depends('ipvs', 'whether IPVS has the connection is not known (net/netfilter/xt_ipvs.c)'),
  limit: depends('iptables', 'a limit depends on how many packets came before (net/netfilter/xt_limit.c)'),
  osf: depends('iptables', 'the fingerprint of the sending system is not walked (net/netfilter/xt_osf.c)'),
  policy: depends('iptables', 'IPsec policies are not captured (net/netfilter/xt_policy.c)'),
  quota: depends('iptables', 'a quota depends on how many bytes came before (net/netfilter/xt_quota.c)'),
  rateest: depends('iptables', 'an estimated rate depends on the packets before (net/netfilter/xt_rateest.c)'),
  realm: depends('route', 'realms of routes are not captured (net/netfilter/xt_realm.c)'),
  string: depends('iptables', 'the payload is not walked (net/netfilter/xt_string.c)'),
  time: depends('iptables', 'the time of day at which the packet comes is not known (net/netfilter/xt_time.c)'),
  u32: depends('iptables', 'the bytes of the packet are not walked (net/netfilter/xt_u32.c)'),
};
