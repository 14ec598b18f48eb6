import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** What is told of a VXLAN device (`ip -d link`; drivers/net/vxlan). */
export type VxlanSettings = {
  readonly vni: number;
  readonly local: Told<Ip | null>;
  readonly remote: Told<Ip | null>;
  readonly group: Told<Ip | null>;
  /** The lower device's name. */
  readonly dev: Told<string | null>;
  /** UDP destination port. */
  readonly port: Told<number>;
  readonly learning: Told<boolean>;
  readonly external: Told<boolean>;
  readonly df: Told<'unset' | 'set' | 'inherit'>;
  /** 0: as the route says. */
  readonly ttl?: Told<number | 'inherit'>;
  readonly tos?: Told<number | 'inherit'>;
  /** Answers ARP and ND out of this namespace's own neighbour table. */
  readonly proxy?: Told<boolean>;
  readonly l2miss?: Told<boolean>;
  readonly ageingSeconds?: Told<number>;
  /** What is for this namespace itself needs no outer packet; on unless it says otherwise. */
  readonly localBypass?: Told<boolean>;
};

/** What is told of a port of a bridge (`ip -d link`, `bridge -d link`; net/bridge/br_private.h). */
export type BridgePortSettings = {
  readonly state: Told<'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking'>;
  readonly hairpin: Told<boolean>;
  readonly isolated: Told<boolean>;
  readonly learning: Told<boolean>;
  readonly flood: Told<boolean>;
  readonly multicastFlood?: Told<boolean>;
  readonly broadcastFlood?: Told<boolean>;
  readonly neighbourSuppress?: Told<boolean>;
  readonly proxyArp?: Told<boolean>;
  readonly locked?: Told<boolean>;
  readonly vlanTunnel?: Told<boolean>;
  readonly multicastToUnicast?: Told<boolean>;
  readonly groupForwardMask?: Told<number>;
};

export type BridgeSettings = {
  readonly stp: Told<boolean>;
  readonly vlanFiltering: Told<boolean>;
  readonly ageingSeconds: Told<number>;
  readonly defaultPvid?: Told<number>;
  readonly multicastSnooping?: Told<boolean>;
  readonly groupForwardMask?: Told<number>;
  /** What this bridge passes on is shown to iptables, whatever the setting for all says. */
  readonly callsIptables?: Told<boolean>;
  readonly callsIp6tables?: Told<boolean>;
};

/** What is told of a tunnel that wraps IP in IP or GRE (`ip -d link`; net/ipv4/ipip.c, ip_gre.c, net/ipv6/sit.c, ip6_tunnel.c). */
export type TunnelSettings = {
  readonly kind: 'ipip' | 'gre' | 'gretap' | 'sit' | 'ip6tnl' | 'ip6gre' | 'ip6gretap';
  /** `null`: any, the other end is told by the route. */
  readonly remote: Told<Ip | null>;
  readonly local: Told<Ip | null>;
  readonly dev: Told<string | null>;
  readonly ttl: Told<number | 'inherit'>;
  readonly tos: Told<number | 'inherit'>;
  readonly inKey: Told<number | null>;
  readonly outKey: Told<number | null>;
  /** Whether its outer packets must not be fragmented. */
  readonly pathMtu: Told<boolean>;
  readonly external: Told<boolean>;
};

/** A macvlan. In mode `source` it takes the frames of the stations that are named, which with `nodst` reach nothing else. */
export type MacvlanSettings = {
  readonly kind: 'macvlan';
  readonly mode: Told<string>;
  readonly sources: Told<readonly Mac[]>;
  readonly nodst: Told<boolean>;
};

/** What is told of a device that stands on another one, which `peerName`, `peerIndex` and `peerNsid` name. */
export type UpperSettings =
  | { readonly kind: 'vlan'; readonly id: number; readonly protocol: Told<string> }
  | MacvlanSettings
  | { readonly kind: 'ipvlan'; readonly mode: Told<string>; readonly flag: Told<string> }
  | { readonly kind: 'bond'; readonly mode: Told<string>; readonly active: Told<string | null> }
  | { readonly kind: 'vrf'; readonly table: Told<string> };

/** A network device. */
export type Link = Fact & {
  readonly name: string;
  readonly index: Told<number>;
  /** `IFLA_INFO_KIND`: veth, bridge, vxlan, tun, bond …; `loopback`, `device` where there is none (`null`: told to have none). */
  readonly type: Told<string | null>;
  readonly mac: Told<Mac | null>;
  readonly mtu: Told<number>;
  /** Administratively up (IFF_UP). */
  readonly up: Told<boolean>;
  /** IFF_LOWER_UP: carrier. */
  readonly carrier: Told<boolean>;
  readonly operState: Told<string>;
  readonly noArp: Told<boolean>;
  /** Set by hand (the flag PROMISC). */
  readonly promiscuous: Told<boolean>;
  /** How many want it promiscuous: whoever captures at it, a device above it with an Ethernet address of its own. */
  readonly promiscuity?: Told<number>;
  /** The bridge or bond that it is a port of. */
  readonly master: Told<string | null>;
  /** The other end of a veth (or the lower device of a macvlan …): its interface index, in the namespace `peerNsid`. */
  readonly peerIndex: Told<number | null>;
  /** The namespace of that index as this namespace numbers it; `null`: this namespace. */
  readonly peerNsid: Told<number | null>;
  /** The name of that device when it is in the same namespace. */
  readonly peerName: Told<string | null>;
  readonly vxlan: Told<VxlanSettings | null>;
  readonly bridge: Told<BridgeSettings | null>;
  readonly port: Told<BridgePortSettings | null>;
  readonly gsoMaxSegs: Told<number>;
  readonly tunnel?: Told<TunnelSettings | null>;
  readonly upper?: Told<UpperSettings | null>;
  /** The group that rules may suppress (`default`, a number or its name). */
  readonly group?: Told<string>;
  /** Whether an XDP program is attached. */
  readonly xdp?: Told<boolean>;
};

export const link = defineKind<Link>()({
  id: 'link',
  is: 'a network device with its settings',
  key: (fact) => fact.name,
  volatile: ['operState', 'index', 'peerIndex', 'carrier', 'promiscuity'],
  capture: 'ip -d -j link show',
});
