import type { Compile, Options } from '../context.ts';
import { notTold } from '../not-told.ts';

/** Takes every option as read. */
export const takeAll = (options: Options): void => options.readAll();

/** What a match depends on that a packet does not show: other packets, the clock, the payload. */
type Unanswered = { readonly of: string; readonly detail: string };

/** Matches that are never answered, each with what it depends on and the kernel's file. */
export const UNANSWERED: Readonly<Record<string, Unanswered>> = {
  bpf: { of: 'iptables', detail: 'a bpf program is not run (net/netfilter/xt_bpf.c)' },
  cgroup: { of: 'socket', detail: 'the control group of the sending socket is not known (net/netfilter/xt_cgroup.c)' },
  connbytes: { of: 'conntrack', detail: 'connbytes depends on how much was sent before (net/netfilter/xt_connbytes.c)' },
  connlabel: { of: 'conntrack', detail: 'labels of connections are not captured (net/netfilter/xt_connlabel.c)' },
  connlimit: { of: 'conntrack', detail: 'connlimit depends on the other connections (net/netfilter/xt_connlimit.c)' },
  cpu: { of: 'iptables', detail: 'which processor takes the packet is not known (net/netfilter/xt_cpu.c)' },
  devgroup: { of: 'link', detail: 'groups of devices are not captured (net/netfilter/xt_devgroup.c)' },
  ipvs: { of: 'ipvs', detail: 'whether IPVS has the connection is not known (net/netfilter/xt_ipvs.c)' },
  osf: { of: 'iptables', detail: 'the fingerprint of the sending system is not walked (net/netfilter/xt_osf.c)' },
  policy: { of: 'iptables', detail: 'IPsec policies are not captured (net/netfilter/xt_policy.c)' },
  quota: { of: 'iptables', detail: 'a quota depends on how many bytes came before (net/netfilter/xt_quota.c)' },
  rateest: { of: 'iptables', detail: 'an estimated rate depends on the packets before (net/netfilter/xt_rateest.c)' },
  realm: { of: 'route', detail: 'realms of routes are not captured (net/netfilter/xt_realm.c)' },
  string: { of: 'iptables', detail: 'the payload is not walked (net/netfilter/xt_string.c)' },
  time: { of: 'iptables', detail: 'the time of day at which the packet comes is not known (net/netfilter/xt_time.c)' },
  u32: { of: 'iptables', detail: 'the bytes of the packet are not walked (net/netfilter/xt_u32.c)' },
};

const compiled =
  ({ of, detail }: Unanswered): Compile =>
  (options) => {
    takeAll(options);
    return (context) => notTold(context, of, detail);
  };

/** The same as matches. */
export const DEPENDENT: Readonly<Record<string, Compile>> = Object.fromEntries(
  Object.entries(UNANSWERED).map(([name, why]) => [name, compiled(why)]),
);
