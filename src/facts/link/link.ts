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
};

/** What is told of a port of a bridge (`ip -d link`, `bridge -d link`; net/bridge/br_private.h). */
export type BridgePortSettings = {
  readonly state: Told<'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking'>;
  readonly hairpin: Told<boolean>;
  readonly isolated: Told<boolean>;
  readonly learning: Told<boolean>;
  readonly flood: Told<boolean>;
};

export type BridgeSettings = {
  readonly stp: Told<boolean>;
  readonly vlanFiltering: Told<boolean>;
  readonly ageingSeconds: Told<number>;
};

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
  readonly promiscuous: Told<boolean>;
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
};

export const link = defineKind<Link>()({
  id: 'link',
  is: 'a network device with its settings',
  key: (fact) => fact.name,
  volatile: ['operState', 'index', 'peerIndex', 'carrier'],
  capture: 'ip -d -j link show',
});
