import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import type { Path } from './route/path.ts';
import type { Track } from './conntrack/connection.ts';
import type { Packet } from './packet.ts';
import type { Trail } from './trail.ts';

/** A frame inside a VXLAN packet. */
export type Carried = { readonly packet: Packet; readonly from: Mac; readonly to: Mac; readonly vni: number; readonly wire: number };

/** How a bridge saw a packet that bridge-nf shows to iptables (struct nf_bridge_info). */
export type Bridged = { readonly bridge: Link; readonly physIn: Link; readonly physOut: Link | null };

/** A packet on its way, with what the kernel keeps beside it (struct sk_buff). */
export type Skb = {
  readonly packet: Packet;
  /** The namespace that it is in. */
  readonly stack: Stack;
  /** Where it came in, as the IP layer sees it; nothing for a packet of this namespace's own. */
  readonly in: Link | null;
  readonly frame: { readonly from: Mac; readonly to: Mac } | null;
  /** pkt_type: for whom the frame was. */
  readonly cast: 'host' | 'broadcast' | 'multicast' | 'otherhost';
  readonly path: Path | null;
  /** The packet as it was when a table of OUTPUT had it routed anew (ip_route_me_harder). */
  readonly reroute?: Packet;
  readonly track: Track | null;
  readonly bridged: Bridged | null;
  /** PREROUTING was passed on the bridge already (ip_sabotage_in). */
  readonly prerouted: boolean;
  /** What a VXLAN packet carries. */
  readonly carries: Carried | null;
  /** Bytes of its largest piece on the wire: the packet, or its fragments. */
  readonly wire: number;
  /** The next hop that POSTROUTING and the neighbour layer work on. */
  readonly hop: Ip | null;
  readonly trail: Trail;
};
