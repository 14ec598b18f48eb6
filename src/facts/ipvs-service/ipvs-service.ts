import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** How IPVS passes packets on to a real server (IP_VS_CONN_F_FWD_MASK). */
export type IpvsForward = 'masq' | 'route' | 'tunnel' | 'local';

/** A real server of a virtual one; weight 0 gets no new connections. */
export type IpvsServer = {
  readonly address: Ip;
  readonly port: number;
  readonly forward: IpvsForward;
  readonly weight: number;
  readonly active: Told<number>;
  readonly inactive: Told<number>;
};

/** What tells packets that are for a virtual server: protocol, address and port, or a mark. */
export type IpvsMatch =
  | { readonly by: 'address'; readonly protocol: 'tcp' | 'udp' | 'sctp'; readonly address: Ip; readonly port: number }
  | { readonly by: 'mark'; readonly mark: number; readonly family: 4 | 6 };

/** A virtual server of IPVS with its real ones, in the order in which they were read (net/netfilter/ipvs/ip_vs_ctl.c). */
export type IpvsService = Fact & {
  readonly match: IpvsMatch;
  readonly scheduler: string;
  /** How long a client keeps its server; `null`: only as long as its connection. The kernel's own list tells it in its ticks. */
  readonly persistentSeconds: Told<number | null>;
  /** Each packet is scheduled by itself (`ops`). */
  readonly perPacket: boolean;
  readonly servers: readonly IpvsServer[];
};

/** `tcp 10.96.0.1:443`, `mark 1`: how a virtual server is called. */
export const ipvsMatchText = (match: IpvsMatch): string =>
  match.by === 'mark' ? `mark ${match.mark} IPv${match.family}` : `${match.protocol} ${match.address} ${match.port}`;

export const ipvsService = defineKind<IpvsService>()({
  id: 'ipvs-service',
  is: 'a virtual server of IPVS',
  key: (fact) => ipvsMatchText(fact.match),
  capture: 'cat /proc/net/ip_vs',
});
