import type { Link } from '#facts/link/link';
import { familyOf, isLoopback, isMulticast } from '#net/ip';
import type { Stack } from '#dataplane/stack';
import { martian6 } from '../martian/martian.ts';
import { netfilter } from '../netfilter/hook.ts';
import { type End, end, type IcmpError, type Next, unknown } from '../next.ts';
import { type Input, inputRoute } from '../route/input.ts';
import type { Run } from '../run.ts';
import { either, type Setting, settingNamed } from '../setting.ts';
import { isOn, lostBy } from '../setting-on.ts';
import { isRoutedToMany, type Skb } from '../skb.ts';
import { ipvlanInside } from '../stacked/ipvlan.ts';
import { stepped } from '../trail.ts';
import { vrfOf } from '../route/flow.ts';

/** Takes a frame into the IP layer: not what is another station's, then PREROUTING (net/ipv4/ip_input.c ip_rcv, net/ipv6/ip6_input.c ipv6_rcv). */
export function receive(run: Run, skb: Skb, link: Link): Next {
  const here = { ...skb, in: link };
  const refused = refusal(run, here, link);
  if (refused !== undefined) return refused;
  // iptables goes on seeing the port of the bridge that it came in by (net/bridge/br_netfilter_hooks.c ip_sabotage_in)
  if (skb.prerouted) return { stage: 'route', skb: { ...here, prerouted: false } };
  const passed = netfilter(run, { ...here, bridged: null }, 'PREROUTING', { in: link, out: null });
  if ('stage' in passed) return passed;
  const vrf = vrfOf(skb.stack, link.name);
  return vrf === undefined || vrf === link ? { stage: 'route', skb: passed } : throughVrf(run, passed, link, vrf);
}

/** What never gets to the hooks (ip_rcv_core, ip6_rcv_core). */
function refusal(run: Run, skb: Skb, link: Link): Next | undefined {
  const { stack, packet } = skb;
  const by = [stack.cite('link', link)];
  if (skb.cast === 'otherhost') {
    const says = `the frame is for ${skb.frame?.to}, but ${link.name} is ${link.mac}`;
    return end(skb, { disposition: 'dropped', code: 'OTHERHOST', says, by });
  }
  if (familyOf(packet.destination) === 4) return undefined;
  const off = settingNamed(stack, 6, link.name, 'disable_ipv6');
  // where it is off a device has no address
  if (!has6(stack, link) && isOn(run, stack, off, `${link.name} may have no IPv6`)) {
    const cited = off.is === 'seen' ? off.by : by;
    return end(skb, { disposition: 'dropped', code: 'IPV6DISABLED', says: `${link.name} has no IPv6 (disable_ipv6)`, by: cited });
  }
  // IPv6 asks the device alone, before any hook (ip6_rcv_core)
  const isForOne = !isMulticast(packet.destination) && !isLoopback(packet.source) && !isLoopback(packet.destination);
  const lost = isForOne ? oneInMany(run, skb, settingNamed(stack, 6, link.name, ONE_IN_MANY)) : undefined;
  if (lost !== undefined) return lost;
  const strange = martian6(packet, link);
  if (strange === undefined) return undefined;
  return strange.is === 'gap'
    ? unknown(skb, strange.gap)
    : end(skb, { disposition: 'dropped', code: strange.code, says: strange.says, by: strange.by });
}

const has6 = ({ addresses }: Stack, link: Link): boolean =>
  addresses.is === 'seen' && (addresses.table.byDevice.get(link.name) ?? []).some(({ address }) => familyOf(address) === 6);

/** A packet that comes in by a part of a VRF passes PREROUTING once more, as one that came in by it (drivers/net/vrf.c vrf_ip_rcv); it is routed by the part. */
function throughVrf(run: Run, skb: Skb, link: Link, vrf: Link): Next {
  const says = `${link.name} is part of the VRF ${vrf.name}`;
  const trail = stepped(skb.trail, 'vrf', says, [skb.stack.cite('link', vrf)]);
  const passed = netfilter(run, { ...skb, in: vrf, trail }, 'PREROUTING', { in: vrf, out: null });
  return 'stage' in passed ? passed : { stage: 'route', skb: { ...passed, in: link } };
}

/** Behind its route it is one that came in by the VRF. */
function asOfVrf(next: Next): Next {
  if (next.stage !== 'deliver' && next.stage !== 'forward') return next;
  const { skb } = next;
  const vrf = skb.in === null ? undefined : vrfOf(skb.stack, skb.in.name);
  return vrf === undefined ? next : { ...next, skb: { ...skb, in: vrf } };
}

/** Decides where a packet goes (ip_rcv_finish): what has a route already keeps it, unless a rule gave it another destination. */
export function route(run: Run, skb: Skb): Next {
  const device = skb.in;
  if (device === null) throw new Error('a packet that came in nowhere cannot be routed as received');
  const { packet, stack, path } = skb;
  // what came over lo, or out of a tunnel to its own namespace, has its route still (skb_valid_dst)
  if (path !== null && skb.routedFor === packet.destination) {
    if (skb.outOnly) {
      const says = `${device.name} gets back what this namespace sent itself`;
      return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by: [stack.cite('link', device)] });
    }
    return path.does === 'send' ? { stage: 'forward', skb } : { stage: 'deliver', skb };
  }
  return insideOf(run, skb) ?? asOfVrf(routed(run, skb, inputRoute(run, stack, skb, device)));
}

/** An ipvlan's namespace decides whether it takes a packet that its parent's has let in (ipvlan_l3_rcv); else it is routed there. */
function insideOf(run: Run, skb: Skb): Next | undefined {
  const inside = ipvlanInside(run, skb);
  if (inside !== undefined && 'stage' in inside) return inside;
  const input = inside === undefined ? undefined : inputRoute(run, inside.stack, skb, inside.link, skb.stack);
  return input?.is === 'for us' || input?.is === 'gap' ? routed(run, skb, input) : undefined;
}

function routed(run: Run, skb: Skb, input: Input): Next {
  const lost = lostInMany(run, skb, input);
  if (lost !== undefined) return lost;
  switch (input.is) {
    case 'gap':
      return unknown(skb, input.gap);
    case 'drop':
      return end(skb, { disposition: 'dropped', code: input.code, says: input.says, by: input.by });
    case 'refused':
      return refused(skb, input);
    case 'for us':
    case 'forward': {
      const { path, says, by } = input;
      const checked = says === '' ? skb.trail : stepped(skb.trail, 'rp-filter', says, by);
      if (input.is === 'for us') {
        const what = path.does === 'local' ? 'is an address of this namespace' : `is a ${path.does} address that this namespace listens to`;
        return {
          stage: 'deliver',
          skb: { ...skb, path, trail: stepped(checked, 'route', `${skb.packet.destination} ${what}`, path.by) },
        };
      }
      const way = `to ${path.route.to} ${path.via === null ? 'on the link' : `via ${path.via}`} dev ${path.dev}`;
      return { stage: 'forward', skb: { ...skb, path, routedFor: skb.packet.destination, trail: stepped(checked, 'route', way, path.by) } };
    }
  }
}

/** IPv4 asks that behind the route: of what is for nobody too, but not of what was for many itself (ip_rcv_finish_core). */
function lostInMany(run: Run, skb: Skb, input: Input): Next | undefined {
  const { stack, in: device } = skb;
  if (device === null || familyOf(skb.packet.destination) === 6 || input.is === 'gap' || input.is === 'drop') return undefined;
  if (input.is !== 'refused' && isRoutedToMany(input)) return undefined;
  return oneInMany(run, skb, either(stack, device.name, ONE_IN_MANY));
}

const ONE_IN_MANY = 'drop_unicast_in_l2_multicast';

/** What is for one machine does not come in by a frame for many where that was forbidden. */
function oneInMany(run: Run, skb: Skb, forbids: Setting): End | undefined {
  if (skb.cast !== 'broadcast' && skb.cast !== 'multicast') return undefined;
  return lostBy(run, skb, forbids, 'UNICAST_IN_L2_MULTICAST', `one machine's packet in a ${skb.cast} frame (${ONE_IN_MANY})`);
}

type Refusal = readonly [code: string, icmp: number | null];

/** What the sender of an IPv4 packet is told that has nowhere to go, in ICMP's codes (ip_error). */
const ERRORS4: Readonly<Record<string, Refusal>> = {
  ENETUNREACH: ['IP_INNOROUTES', 0],
  EHOSTUNREACH: ['NOT_SPECIFIED', 1],
  EACCES: ['NOT_SPECIFIED', 13],
  EINVAL: ['NOT_SPECIFIED', null],
};

/** IPv6 calls an unreachable route no route; it tells the sender even where it does not forward (ip6_pkt_discard, ip6_pkt_prohibit, dst_discard). */
const ERRORS6: Readonly<Record<string, Refusal>> = {
  ENETUNREACH: ['IP_INNOROUTES', 0],
  EHOSTUNREACH: ['IP_INNOROUTES', 0],
  EACCES: ['IP_INNOROUTES', 13],
  EINVAL: ['NOT_SPECIFIED', null],
};

/** No route to the unspecified address is an address that is wrong (net/ipv6/route.c ip6_pkt_drop). */
const NO_ADDRESS6 = 'IP_INADDRERRORS';

/** No route, or one that refuses: an error to the sender, unless the namespace does not forward at all. */
function refused(skb: Skb, { error, forwards }: Extract<Input, { is: 'refused' }>): Next {
  const { says, by } = error;
  if (forwards !== null && forwards.value === 0)
    return end(skb, { disposition: 'dropped', code: 'IP_INADDRERRORS', says: notForwarding(skb, says), by: [...forwards.by, ...by] });
  const [known, icmp] = (forwards === null ? ERRORS6 : ERRORS4)[error.error] ?? ['NOT_SPECIFIED', null];
  const code = skb.packet.destination === '::' && known === 'IP_INNOROUTES' ? NO_ADDRESS6 : known;
  if (icmp === null) return end(skb, { disposition: 'dropped', code, says, by });
  const told: Pick<IcmpError, 'type' | 'code' | 'ofRoute'> = { type: 3, code: icmp, ofRoute: true };
  return end(skb, { disposition: 'unreachable', code, says, by, error: told });
}

const notForwarding = ({ in: device }: Skb, says: string): string =>
  says.includes('does not forward') ? says : `${says}, and ${device?.name} does not forward (ip_forward)`;
