import type { Told } from '#facts/kind';
import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import { familyOf, type Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import type { Path } from './route/path.ts';
import type { Track } from './conntrack/connection.ts';
import type { Packet } from './packet.ts';
import type { Diverted } from './socket/diverted.ts';
import type { Trail } from './trail.ts';

/** A frame's header: the stations, and the VLAN of its tag. */
export type Frame = { readonly from: Mac; readonly to: Mac; readonly vlan?: number };

/** What a tunnel's packet carries, and what that carries itself. */
export type Carried = {
  /** `vxlan` and `ethernet` (in GRE) carry frames, `ip` and `wireguard` bare packets. */
  readonly how: 'vxlan' | 'ethernet' | 'ip' | 'wireguard';
  readonly packet: Packet;
  readonly frame: Frame | null;
  /** The VNI of VXLAN, the key of GRE. */
  readonly id: number | null;
  /** The public key that it was sealed with (WireGuard). */
  readonly sealedBy?: string;
  readonly wire: number;
  readonly carries: Carried | null;
};

/** The packet in the middle of all tunnels around it. */
export function innermost({ packet, carries }: Pick<Carried, 'packet' | 'carries'>): Packet {
  let at: Pick<Carried, 'packet' | 'carries'> = { packet, carries };
  while (at.carries !== null) at = at.carries;
  return at.packet;
}

/** How a bridge saw a packet that bridge-nf shows to iptables (struct nf_bridge_info). */
export type Bridged = { readonly bridge: Link; readonly physIn: Link; readonly physOut: Link | null };

/** A user and a group, by number; of a captured socket no tool tells the group. */
export type Owner = { readonly uid: Told<number>; readonly gid: Told<number> };

/** A packet on its way, with what the kernel keeps beside it (struct sk_buff). All have all fields, in the order of `skbOf`: copies of one shape are cheap. */
export type Skb = {
  readonly packet: Packet;
  /** The namespace that it is in. */
  readonly stack: Stack;
  /** Where it came in, as the IP layer sees it; nothing for a packet of this namespace's own. */
  readonly in: Link | null;
  readonly frame: Frame | null;
  /** pkt_type: for whom the frame was. */
  readonly cast: 'host' | 'broadcast' | 'multicast' | 'otherhost';
  readonly path: Path | null;
  /** The destination that the path was looked up for: a packet over lo keeps its route while it has that. */
  readonly routedFor: Ip | null;
  /** The route that it keeps only leads out: IPv4's of a namespace's own sending, with which nothing comes in (dst_discard). */
  readonly outOnly: boolean;
  /** The stack sends it by itself, in answer to another packet. */
  readonly isAnswer: boolean;
  /** Its first route is looked up without a source: the error has none yet (net/ipv4/icmp.c __icmp_send). */
  readonly hasNoSource: boolean;
  /** Its source need not be this namespace's own (FLOWI_FLAG_ANYSRC). */
  readonly anySource: boolean;
  /** A rule's reset of IPv4 about what had its route: it is made before its way is asked for (nf_send_reset), else after (nf_reject_fill_skb_dst). */
  readonly madeUnrouted: boolean;
  /** Who owns the socket that sends it: as the question tells, or the listener that answers; `null` where it has none. */
  readonly owner: Owner | null | undefined;
  /** Rules see no owner of it although its way may have one: the kernel sends it by a socket without a file, or by none. */
  readonly isOfKernel: boolean;
  /** Whether the socket in whose name it is sent may send from any address (IP_TRANSPARENT). */
  readonly transparent: Told<boolean>;
  /** The socket of this namespace that a rule gave it to (nf_tproxy_assign_sock). */
  readonly diverted: Diverted | null;
  /** A raw socket writes the header by itself (IP_HDRINCL): nobody looks at its packet's size before the last hook. */
  readonly isRaw: boolean;
  /**
   * As it was when its own stack hashed it: for its flow label of IPv6, or because a socket of TCP did (include/net/ipv6.h ip6_make_flowlabel,
   * net/ipv4/tcp_output.c tcp_make_synack). Raw sockets, resets of IPv4 and what else IPv4 sends are not hashed there.
   */
  readonly labelled: Packet | null;
  /** What an error is about, as that was hashed by its own stack. */
  readonly aboutLabelled: Packet | null;
  /** The device that a socket or tunnel is bound to. */
  readonly outBy: string | null;
  /** A table of OUTPUT changed what it goes by: it is routed anew before the next one (ip_route_me_harder). */
  readonly reroute: boolean;
  readonly track: Track | null;
  /** IPVS has dealt with it already (ipvs_property). */
  readonly ipvs: boolean;
  readonly bridged: Bridged | null;
  /** PREROUTING was passed on the bridge already (ip_sabotage_in). */
  readonly prerouted: boolean;
  /** What a tunnel's packet carries. */
  readonly carries: Carried | null;
  /** Bytes of its largest piece on the wire: the packet, or its fragments. */
  readonly wire: number;
  /**
   * Its content counts as summed, whatever it is: it came out of VXLAN, whose own sum was checked or is none (include/linux/skbuff.h csum_valid,
   * __skb_checksum_validate_needed), or out of WireGuard. It keeps that on its further way, up to where it is cut to pieces.
   */
  readonly vouched: boolean;
  /** The next hop that POSTROUTING and the neighbour layer work on. */
  readonly hop: Ip | null;
  readonly trail: Trail;
};

/** Whether a packet came in a frame for others too, or its route is one to many; a frame for one may carry either. */
export const isForMany = ({ cast, path }: Pick<Skb, 'cast' | 'path'>): boolean => cast !== 'host' || isRoutedToMany({ path });

/** Whether a packet's route is one to many (RTCF_BROADCAST, RTCF_MULTICAST). */
export const isRoutedToMany = ({ path }: Pick<Skb, 'path'>): boolean => path?.does === 'broadcast' || path?.does === 'multicast';

/** Whether its destination is an anycast address of IPv6, whoever has it (net/ipv6/route.c RTF_ANYCAST, include/net/ip6_route.h ipv6_anycast_destination). */
export const isRoutedToAny6 = ({ path, packet }: Pick<Skb, 'path' | 'packet'>): boolean =>
  path?.route.type === 'anycast' && familyOf(packet.destination) === 6;
