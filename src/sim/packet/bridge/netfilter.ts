import type { Link } from '#facts/link/link';
import { familyOf } from '#net/ip';
import { hasIpvs } from '../ipvs/service.ts';
import { confirmed, netfilter } from '../netfilter/hook.ts';
import { resolve } from '../neighbour/resolve.ts';
import { type End, end, unknown } from '../next.ts';
import { inputRoute } from '../route/input.ts';
import type { Run } from '../run.ts';
import { setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { portsOf } from './ports.ts';

const SETTINGS = { 4: 'net.bridge.bridge-nf-call-iptables', 6: 'net.bridge.bridge-nf-call-ip6tables' } as const;

/** Whether iptables sees what a bridge passes on; without the module the setting does not exist. */
function callsIptables(run: Run, skb: Skb, bridge: Link): boolean {
  const { stack } = skb;
  // without any rule, and without IPVS behind the same hooks, it makes no difference to what fits all ports
  const { iptables, nft } = stack;
  const native = nft.is === 'seen' && nft.table.tables.some(({ family }) => family !== 'bridge' && family !== 'netdev');
  const fits = portsOf(stack, bridge).every(({ mtu }) => mtu === undefined || skb.wire <= mtu);
  if (fits && iptables.is === 'seen' && iptables.table.tables.length === 0 && !native && !hasIpvs(stack, familyOf(skb.packet.destination)))
    return false;
  const name = SETTINGS[familyOf(skb.packet.destination)];
  const { callsIptables: own4, callsIp6tables: own6 } = bridge.bridge ?? {};
  if ((familyOf(skb.packet.destination) === 4 ? own4 : own6) === true) return true;
  return isOn(run, stack, setting(stack, name), 'iptables may see what the bridge passes on');
}

/** Whether iptables sees a frame on a bridge as IP: one with a tag only where that was asked for (net/bridge/br_netfilter_hooks.c IS_IP, is_vlan_ip). */
const isSeenAsIp = (run: Run, { stack, frame }: Skb): boolean =>
  frame?.vlan === undefined ||
  isOn(run, stack, setting(stack, 'net.bridge.bridge-nf-filter-vlan-tagged'), 'iptables may see what has the tag of a VLAN');

/** PREROUTING on the bridge, and where a new destination leads (net/bridge/br_netfilter_hooks.c br_nf_pre_routing). */
export function bridgedPrerouting(run: Run, skb: Skb, port: Link, bridge: Link): Skb | End {
  if (!callsIptables(run, skb, bridge) || !isSeenAsIp(run, skb)) return skb;
  // iptables sees every bridged packet as one for this machine (setup_pre_routing)
  const cast = skb.cast === 'otherhost' ? 'host' : skb.cast;
  const shown: Skb = { ...skb, cast, in: bridge, bridged: { bridge, physIn: port, physOut: null } };
  const passed = netfilter(run, shown, 'PREROUTING', { in: bridge, out: null });
  if ('stage' in passed) return passed;
  const seen: Skb = { ...passed, cast: skb.cast, prerouted: true };
  if (passed.packet.destination === skb.packet.destination || passed.frame === null) return seen;
  return redirected(run, seen, bridge);
}

/**
 * A destination that DNAT changed is routed as if it had come in by the bridge: it goes to the IP layer, unless it is on this very
 * bridge (br_nf_pre_routing_finish).
 */
function redirected(run: Run, skb: Skb, bridge: Link): Skb | End {
  const { packet, stack } = skb;
  const frame = skb.frame;
  if (frame === null || typeof bridge.mac !== 'string') return skb;
  const input = inputRoute(run, stack, skb, bridge);
  if (input.is === 'gap') return unknown(skb, input.gap, [], bridge.name);
  if (input.is === 'drop')
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says: input.says, by: input.by, device: bridge.name });
  // IPv4 goes up and is refused there; IPv6 ends at once, and nobody hears of it (br_nf_pre_routing_finish_ipv6)
  if (input.is === 'refused' && familyOf(packet.destination) === 6) {
    const { says, by } = input.error;
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by, device: bridge.name });
  }
  const onBridge = input.is === 'forward' && input.path.dev === bridge.name;
  if (!onBridge) return { ...skb, cast: 'host', frame: { ...frame, to: bridge.mac } };
  const resolved = resolve(run, skb, bridge, input.path.via ?? packet.destination);
  if (resolved.is === 'end') return resolved.end;
  const says = `${packet.destination} is on ${bridge.name} itself: it stays on the bridge`;
  return { ...skb, trail: stepped(skb.trail, 'bridge-nf', says, input.path.by), frame: { ...frame, to: resolved.mac } };
}

/** A connection enters the table before a frame for others goes up: the IP layer may drop that, or see one of many copies (br_nf_local_in). */
export function bridgedInput(run: Run, skb: Skb, bridge: Link): Skb | End {
  return skb.prerouted && skb.cast !== 'host' ? confirmed(run, skb, bridge.name) : skb;
}

/** FORWARD on the bridge, with the tag that the frame has on its way out (br_nf_forward_ip). */
export function bridgedForward(run: Run, skb: Skb, to: Link, bridge: Link): Skb | End {
  const { bridged } = skb;
  if (bridged === null || !isSeenAsIp(run, skb)) return skb;
  const cast = skb.cast === 'otherhost' ? 'host' : skb.cast;
  const shown: Skb = { ...skb, cast, bridged: { ...bridged, physOut: to } };
  const forwarded = netfilter(run, shown, 'FORWARD', { in: bridge, out: bridge });
  return 'stage' in forwarded ? forwarded : { ...forwarded, cast: skb.cast };
}

/** POSTROUTING on the bridge for what FORWARD saw, behind all of its own chains (br_nf_post_routing): what those drop is never in the connection table. */
export function bridgedPostrouting(run: Run, skb: Skb, bridge: Link): Skb | End {
  if (skb.bridged === null || skb.bridged.physOut === null) return { ...skb, bridged: null, prerouted: false };
  const cast = skb.cast === 'otherhost' ? 'host' : skb.cast;
  const passed = netfilter(run, { ...skb, cast, hop: skb.packet.destination }, 'POSTROUTING', { in: null, out: bridge });
  if ('stage' in passed) return passed;
  return cut({ ...passed, cast: skb.cast, bridged: null, prerouted: false }, skb.bridged.physOut, bridge);
}

/**
 * What iptables saw is larger than the MTU of its port: IPv4 is cut into pieces by the MTU of the bridge, or lost where that is forbidden; IPv6
 * is told to be too big where the bridge's own MTU says so, else the header of its pieces is too much for the port (br_nf_dev_queue_xmit,
 * br_nf_ip_fragment, ip6_fragment). What came in pieces stays in them.
 */
function cut(skb: Skb, port: Link, bridge: Link): Skb | End {
  const { packet, stack, wire } = skb;
  if (port.mtu === undefined || wire <= port.mtu || wire < packet.size) return skb;
  const isSix = familyOf(packet.destination) === 6;
  const by = [stack.cite('link', port)];
  const says = `${wire} bytes do not fit the MTU ${port.mtu} of ${port.name}`;
  const lost = end(skb, {
    disposition: 'dropped',
    code: 'NOT_SPECIFIED',
    says: `${says}: bridge-nf drops it without a word`,
    by,
    device: port.name,
  });
  if (packet.df && !isSix) return lost;
  const detail = `the MTU of ${bridge.name} was not read`;
  if (bridge.mtu === undefined) return unknown(skb, { of: 'link', scope: stack.scope, why: 'not told', detail }, [], port.name);
  if (!isSix) return { ...skb, wire: Math.min(wire, bridge.mtu) };
  if (wire <= bridge.mtu) return lost;
  return end(skb, {
    disposition: 'too big',
    code: 'PKT_TOO_BIG',
    says,
    by,
    device: port.name,
    error: { type: 3, code: 4, mtu: bridge.mtu },
  });
}
