import type { Rule } from '#facts/rule/rule';
import { contains } from '#net/cidr';
import { familyOf, type Ip } from '#net/ip';
import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import type { Packet } from '../packet.ts';
import type { Skb } from '../skb.ts';

/** Of which protocol a packet is, is `null` where the kernel does not look at that alone. */
type Headers = Pick<Packet, 'sourcePort' | 'destinationPort' | 'tos' | 'fragment' | 'icmp'> & {
  readonly protocol: Packet['protocol'] | null;
};

/** What a route is looked up by (struct flowi4, flowi6). `iif` is `lo` for a packet of one's own. */
export type RouteFlow = {
  readonly source: Ip | null;
  readonly destination: Ip;
  readonly iif: string;
  readonly oif: string | null;
  readonly mark: number;
  /** The headers that a rule may ask for; `null` where the kernel does not look at them. */
  readonly packet: Headers | null;
  /** Sent by a socket of this namespace: a way out may be preferred for its source. */
  readonly own?: true;
  /** Whose socket that is, or the listener's in whose name the kernel answers, where that was asked for. */
  readonly user?: number | 'not known';
  /** Sent by the kernel itself: an answer, or what a tunnel wraps. Without a listener its user is root, as that of everything which comes in. */
  readonly ofKernel?: true;
  /** What a hash of several ways of IPv6 knows of it beside its addresses, where that is not its protocol alone. */
  readonly labelled?: () => string;
  /** What came in, with what it carries: a hash of several ways looks into it. */
  readonly arrived?: Pick<Skb, 'packet' | 'wire' | 'carries'>;
  /** That, what an error is about or what is routed anew, as its sender's stack hashed it (skb->l4_hash); nothing where that did not. */
  readonly hashed?: Packet | null;
  /** A table has changed it, or a rule's reset of IPv4: routed without protocol and ports, unless rules ask for such (ip_route_me_harder). */
  readonly isAnew?: boolean;
  /** Rules ask for protocols or ports (fib4_rules_early_flow_dissect, fib6_rules_early_flow_dissect). */
  readonly isLookedInto?: boolean;
  /** The device that a way out by is preferred: that which the packet came in by (ip6_pol_route_input). */
  readonly prefers?: string;
  /** Only ways out by `oif` count, whatever the prefix (RT6_LOOKUP_F_IFACE). */
  readonly strict?: true;
  /** A way out by `oif` is taken whatever its metric (rt6_device_match). */
  readonly anyMetric?: true;
};

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, ipip: 4, tcp: 6, udp: 17, ipv6: 41, gre: 47, icmpv6: 58, sctp: 132 };

/** The bits of the type of service that IPv4 routes by (INET_DSCP_LEGACY_TOS_MASK). */
const TOS_BITS = 0x1c;
const DSCP_BITS = 0xfc;

/** Of what has no ports. */
export const NO_PORTS = { source: 0, destination: 0 };

export const tosOf = ({ packet, destination }: RouteFlow): number =>
  (packet?.tos ?? 0) & (familyOf(destination) === 4 ? TOS_BITS : DSCP_BITS);

/** The headers of a packet whose type of service, and perhaps protocol, the kernel asks by, but no port. */
export const portless = ({ tos = 0 }: Packet, protocol: Packet['protocol'] | null): Headers => ({
  protocol,
  tos,
  sourcePort: NO_PORTS.source,
  destinationPort: NO_PORTS.destination,
  icmp: null,
});

const inRange = (range: readonly [number, number] | null | undefined, value: number): boolean =>
  range === null || range === undefined || (value >= range[0] && value <= range[1]);

/** The VRF that a device is part of, or is. */
export function vrfOf(stack: Stack, device: string | null): Link | undefined {
  if (device === null || stack.links.is === 'gap') return undefined;
  const link = stack.link(device);
  if (link?.upper?.kind === 'vrf') return link;
  const master = typeof link?.master === 'string' ? stack.link(link.master) : undefined;
  return master?.upper?.kind === 'vrf' ? master : undefined;
}

/** The VRF of a flow: that of the device that it leaves by, else came in by (l3mdev_update_flow). */
export const flowVrf = (stack: Stack, { iif, oif }: RouteFlow): Link | undefined =>
  oif !== null ? vrfOf(stack, oif) : iif === 'lo' ? undefined : vrfOf(stack, iif);

/** Whether a rule speaks of this flow (net/core/fib_rules.c fib_rule_match, fib4_rule_match, fib6_rule_match). */
export function applies(rule: Rule, flow: RouteFlow, vrf: Link | undefined): boolean | 'not known' {
  const isDevice = (asked: string | null | undefined, own: string | null): boolean =>
    (asked ?? null) === null || asked === own || (vrf !== undefined && asked === vrf.name);
  const matches =
    isDevice(rule.iif, flow.iif) &&
    isDevice(rule.oif, flow.oif) &&
    ((rule.mark ?? null) === null || ((flow.mark ^ (rule.mark?.value ?? 0)) & (rule.mark?.mask ?? 0)) === 0) &&
    (rule.action.does !== 'lookup of its VRF' || vrf !== undefined) &&
    isFrom(rule, flow) &&
    ((rule.to ?? null) === null || contains(rule.to as NonNullable<Rule['to']>, flow.destination)) &&
    ((rule.tos ?? 0) === 0 || rule.tos === tosOf(flow)) &&
    asksForPacket(rule, flow);
  const isUser = matches ? ofUser(rule, flow) : false;
  return isUser === 'not known' ? isUser : isUser !== (rule.not === true);
}

const ROOT = 0;
/** The highest user there is: one above it means nobody. */
const LAST_USER = 0xfffffffe;

/**
 * Whether a packet's user is in a rule's range: root's are all that come in and the kernel's own (sock_net_uid), a listener's what is
 * answered in its name (inet_csk_route_req, tcp_v4_send_reset).
 */
function ofUser({ uidRange }: Rule, { own, ofKernel, user = ofKernel === true ? ROOT : 'not known' }: RouteFlow): boolean | 'not known' {
  if (uidRange === null || uidRange === undefined) return true;
  const [first, last] = uidRange;
  const known = own === true ? user : ROOT;
  if (known !== 'not known') return first <= known && last >= known;
  return first <= ROOT && last >= LAST_USER ? true : 'not known';
}

/** Without a source of its own yet, a flow has 0.0.0.0; IPv6 asks such a rule only once there is one. */
function isFrom({ from }: Rule, { source, destination }: RouteFlow): boolean {
  if (from === null || from === undefined) return true;
  if (source === null && familyOf(destination) === 6) return false;
  return contains(from, source ?? ('0.0.0.0' as Ip));
}

function asksForPacket(rule: Rule, flow: RouteFlow): boolean {
  const { packet } = flow;
  const { source, destination } = portsOf(flow);
  return (
    ((rule.ipProto ?? null) === null || (packet !== null && packet.protocol !== null && PROTOCOLS[packet.protocol] === rule.ipProto)) &&
    inRange(rule.sourcePorts, source) &&
    inRange(rule.destinationPorts, destination)
  );
}

/**
 * Pieces of a packet but the first, and ICMP that others sent, have no ports (skb_flow_dissect_flow_keys). Of the ICMP that is sent
 * here type and code stand where the destination's port would, until it is routed anew (union flowi_uli of include/net/flow.h;
 * net/ipv4/ping.c ping_v4_sendmsg, net/ipv4/raw.c raw_probe_proto_opt).
 */
export function portsOf({ packet, iif, arrived, isAnew }: RouteFlow): { readonly source: number; readonly destination: number } {
  if (packet === null || packet.fragment !== undefined) return NO_PORTS;
  if (packet.icmp === null) return { source: packet.sourcePort, destination: packet.destinationPort };
  const isSentHere = iif === 'lo' && arrived === undefined && isAnew !== true;
  return isSentHere ? { source: 0, destination: packet.icmp.type * 256 + packet.icmp.code } : NO_PORTS;
}
