import type { Link } from '#facts/link/link';
import { BROADCAST_MAC, isGroupMac, ZERO_MAC } from '#net/mac';
import { bridgeHook } from '../netfilter/link-layer.ts';
import { type End, end, type Next, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { isForwardable } from '../veth/veth.ts';
import { find, isLetIn, learn } from './fdb.ts';
import { type FrameKind, isFlooded, isForwarding, portsOf, refusal, untoldHairpin } from './ports.ts';
import { bridgedForward, bridgedInput, bridgedPostrouting, bridgedPrerouting } from './netfilter.ts';
import { egress, ingress } from './vlan.ts';

/** Frames for the bridges themselves: 01:80:c2:00:00:00 to 0f. */
const RESERVED = /^01:80:c2:00:00:0([0-9a-f])$/;

const dropped = (skb: Skb, code: string, says: string, by: readonly FactRef[], device: string): End =>
  end(skb, { disposition: 'dropped', code, says, by, device });

/** A frame comes in by a port (net/bridge/br_input.c br_handle_frame). */
export function bridgeReceive(run: Run, skb: Skb, port: Link, bridge: Link): Next {
  const { stack, frame } = skb;
  const by = [stack.cite('link', port)];
  if (bridge.up === false)
    return dropped(skb, 'BRIDGE_INGRESS_STP_STATE', `the bridge ${bridge.name} is down`, [stack.cite('link', bridge)], port.name);
  if (frame === null) return { stage: 'ip', skb, link: bridge };
  if (isGroupMac(frame.from) || frame.from === ZERO_MAC)
    return dropped(skb, 'MAC_INVALID_SOURCE', `${frame.from} is no station's address`, by, port.name);
  const reserved = RESERVED.exec(frame.to)?.[1];
  if (reserved !== undefined && !passesReserved(port, bridge, Number.parseInt(reserved, 16))) {
    if (reserved === '1') return dropped(skb, 'MAC_IEEE_MAC_CONTROL', 'a pause frame goes no further', by, port.name);
    return { stage: 'ip', skb, link: port };
  }
  const state = port.port?.state ?? (isForwarding(port) ? 'forwarding' : 'disabled');
  if (state !== 'forwarding' && state !== 'learning')
    return dropped(skb, 'BRIDGE_INGRESS_STP_STATE', `the port ${port.name} is ${state}`, by, port.name);
  const host = frame.to === bridge.mac ? { ...skb, cast: 'host' as const } : skb;
  const before = bridgeHook(run, host, 'prerouting', { in: port, out: null }, 'before iptables');
  if ('stage' in before) return before;
  const passed = bridgedPrerouting(run, before, port, bridge);
  if ('stage' in passed) return passed;
  const after = bridgeHook(run, passed, 'prerouting', { in: port, out: null }, 'after iptables');
  return 'stage' in after ? after : finish(run, after, port, bridge, state);
}

/** Frames for bridges are kept, unless a mask lets them pass; without STP the first kind passes like any other. */
function passesReserved(port: Link, bridge: Link, group: number): boolean {
  const mask = (bridge.bridge?.groupForwardMask ?? 0) | (port.port?.groupForwardMask ?? 0);
  return ((mask >>> group) & 1) === 1 || (group === 0 && bridge.bridge?.stp !== true);
}

const kindOf = ({ frame }: Skb): FrameKind =>
  frame === null || !isGroupMac(frame.to) ? 'unicast' : frame.to === BROADCAST_MAC ? 'broadcast' : 'multicast';

/** Up, to one port, or to all (br_handle_frame_finish). */
function finish(run: Run, skb: Skb, port: Link, bridge: Link, state: string): Next {
  const { stack, frame } = skb;
  if (frame === null) return { stage: 'ip', skb, link: bridge };
  const entered = ingress(stack, bridge, port, frame.vlan);
  if (entered.is === 'gap') return unknown(skb, entered.gap, [stack.cite('link', port)], port.name);
  if (entered.is === 'refused') return dropped(skb, 'NOT_SPECIFIED', entered.says, entered.by, port.name);
  const { vlan } = entered;
  if (!isLetIn(run, stack, bridge, port, frame.from, vlan))
    return dropped(
      skb,
      'NOT_SPECIFIED',
      `the port ${port.name} is locked and does not know ${frame.from}`,
      [stack.cite('link', port)],
      port.name,
    );
  learn(run, stack, bridge, port, frame.from, vlan);
  if (state === 'learning')
    return dropped(skb, 'BRIDGE_INGRESS_STP_STATE', `the port ${port.name} is only learning`, [stack.cite('link', port)], port.name);
  const at: At = { bridge, from: port, vlan };
  const kind = kindOf(skb);
  if (kind !== 'unicast') {
    // its own copy is the last
    const flooded = flood(run, skb, at, kind);
    return all(skb, [up(run, isPromiscuous(bridge) ? { ...skb, track: null } : skb, at), ...flooded]);
  }
  const known = find(run, stack, bridge, frame.to, vlan);
  const alsoUp = isPromiscuous(bridge) ? [up(run, { ...skb, cast: 'otherhost', track: null }, at)] : [];
  if (known === undefined) return spread(run, skb, at, alsoUp);
  // for whom it is was seen when it came in: DNAT on the bridge has since given it to another station
  if (known.is === 'own') return up(run, skb, at);
  return all(skb, [...alsoUp, direct(run, skb, at, known.port, known.by)]);
}

/**
 * Whether a bridge takes all that its ports forward too, without its connection (br_nf_local_in): set by hand, or wanted by a device above
 * it whose Ethernet address is another one, as a macvlan's is (net/core/dev.c __dev_set_rx_mode: a bridge filters no addresses).
 */
const isPromiscuous = ({ promiscuous, promiscuity }: Link): boolean => (promiscuity === undefined ? promiscuous === true : promiscuity > 0);

/** Where a frame is on a bridge: the port that it came by (`null`: this machine's own), and its VLAN. */
type At = { readonly bridge: Link; readonly from: Link | null; readonly vlan: number };

const all = (_skb: Skb, of: readonly Next[]): Next => {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { stage: 'copies', of };
};

/** To the bridge's own IP layer (br_pass_frame_up). */
function up(run: Run, skb: Skb, { bridge, from, vlan }: At): Next {
  const { stack, frame } = skb;
  const left = egress(stack, bridge, bridge, vlan, frame?.vlan);
  if (left.is === 'gap') return unknown(skb, left.gap, [stack.cite('link', bridge)], bridge.name);
  if (left.is === 'refused') return dropped(skb, 'NOT_SPECIFIED', left.says, left.by, from?.name ?? bridge.name);
  const begun = bridgeHook(run, skb, 'input', { in: from, out: null }, 'before iptables');
  if ('stage' in begun) return begun;
  const known = bridgedInput(run, begun, bridge);
  if ('stage' in known) return known;
  const passed = bridgeHook(run, known, 'input', { in: from, out: null }, 'after iptables');
  if ('stage' in passed) return passed;
  return { stage: 'above', skb: { ...tagged(passed, left.tag), in: bridge }, link: bridge };
}

/** The frame with the tag that it has from here on. */
function tagged(skb: Skb, tag: number | undefined): Skb {
  if (skb.frame === null || skb.frame.vlan === tag) return skb;
  const { vlan: _, ...bare } = skb.frame;
  return { ...skb, frame: tag === undefined ? bare : { ...bare, vlan: tag } };
}

/** To the one port behind which an address is known. */
function direct(run: Run, skb: Skb, at: At, to: Link, by: readonly FactRef[]): Next {
  const { stack } = skb;
  const untold = untoldHairpin(skb, at.from, to);
  if (untold !== undefined) return unknown(skb, untold, [...by, stack.cite('link', to)], at.from?.name ?? at.bridge.name);
  const refused = refusal(skb, at.from, to);
  if (refused !== undefined)
    return dropped(skb, 'NOT_SPECIFIED', refused, [...by, stack.cite('link', to)], at.from?.name ?? at.bridge.name);
  const says = `${at.bridge.name} knows ${skb.frame?.to} behind ${to.name}`;
  const isBack = at.from?.name === to.name;
  return toPort(run, { ...skb, trail: stepped(skb.trail, 'bridge', says, isBack ? [...by, stack.cite('link', to)] : by) }, at, to);
}

/** Copies of a frame for every port that may get it (br_flood). */
function flood(run: Run, skb: Skb, at: At, kind: FrameKind): Next[] {
  return portsOf(skb.stack, at.bridge)
    .filter((port) => refusal(skb, at.from, port) === undefined && isFlooded(port, kind, at.from === null))
    .filter((port) => egress(skb.stack, at.bridge, port, at.vlan, skb.frame?.vlan).is !== 'refused')
    .map((port) => {
      const says = `${at.bridge.name} sends it to every port, ${port.name} too`;
      return toPort(run, { ...skb, trail: stepped(skb.trail, 'bridge', says, []) }, at, port);
    });
}

/** An address that the bridge does not know goes to all ports; where no port gets it, that is the reason since 6.14 (br_flood). */
function spread(run: Run, skb: Skb, at: At, others: readonly Next[]): Next {
  const of = [...others, ...flood(run, skb, at, 'unicast')];
  if (of.length > 0) return all(skb, of);
  const says = `${at.bridge.name} knows no port for ${skb.frame?.to} and has none to try`;
  const by = [at.bridge, ...portsOf(skb.stack, at.bridge)].map((link) => skb.stack.cite('link', link));
  return dropped(skb, 'NO_TX_TARGET', says, by, at.from?.name ?? at.bridge.name);
}

/** Out by a port: the hooks, then the device (__br_forward, br_dev_queue_push_xmit). */
function toPort(run: Run, skb: Skb, at: At, to: Link): Next {
  const { stack } = skb;
  const left = egress(stack, at.bridge, to, at.vlan, skb.frame?.vlan);
  if (left.is === 'gap') return unknown(skb, left.gap, [stack.cite('link', to)], to.name);
  if (left.is === 'refused') return dropped(skb, 'NOT_SPECIFIED', left.says, left.by, to.name);
  const passed = hooked(run, tagged(skb, left.tag), at, to);
  if ('stage' in passed) return passed;
  if (!isForwardable(passed, to)) {
    const says = `${passed.wire} bytes do not fit the MTU ${to.mtu} of ${to.name}: a bridge drops it without a word`;
    return dropped(passed, 'NOT_SPECIFIED', says, [stack.cite('link', to)], to.name);
  }
  return { stage: 'transmit', skb: passed, link: to };
}

/** The bridge's own chains on both sides of what bridge-nf shows to iptables. */
function hooked(run: Run, skb: Skb, { bridge, from }: At, to: Link): Skb | End {
  const devices = { in: from, out: to };
  const first = bridgeHook(run, skb, from === null ? 'output' : 'forward', devices, 'before iptables');
  if ('stage' in first) return first;
  const isShown = from !== null && first.bridged !== null;
  const shown = isShown ? bridgedForward(run, first, to, bridge) : first;
  if ('stage' in shown) return shown;
  const second = bridgeHook(run, shown, from === null ? 'output' : 'forward', devices, 'after iptables');
  if ('stage' in second) return second;
  const third = bridgeHook(run, second, 'postrouting', { in: null, out: to }, 'before iptables');
  if ('stage' in third) return third;
  const last = bridgeHook(run, third, 'postrouting', { in: null, out: to }, 'after iptables');
  return 'stage' in last || !isShown ? last : bridgedPostrouting(run, last, bridge);
}

/** A frame of this namespace's own leaves by the bridge (net/bridge/br_device.c br_dev_xmit). */
export function bridgeTransmit(run: Run, skb: Skb, bridge: Link): Next {
  const { stack, frame } = skb;
  if (frame === null)
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not told', detail: `a frame without an address on ${bridge.name}` });
  const entered = ingress(stack, bridge, bridge, frame.vlan);
  if (entered.is === 'gap') return unknown(skb, entered.gap, [stack.cite('link', bridge)], bridge.name);
  if (entered.is === 'refused') return dropped(skb, 'NOT_SPECIFIED', entered.says, entered.by, bridge.name);
  const at: At = { bridge, from: null, vlan: entered.vlan };
  const kind = kindOf(skb);
  if (kind !== 'unicast') {
    const of = flood(run, skb, at, kind);
    if (of.length > 0) return all(skb, of);
    return dropped(skb, 'NO_TX_TARGET', `${bridge.name} has no port to send by`, [stack.cite('link', bridge)], bridge.name);
  }
  const known = find(run, stack, bridge, frame.to, entered.vlan);
  if (known === undefined) return spread(run, skb, at, []);
  if (known.is === 'own' && known.port === undefined)
    return dropped(skb, 'NOT_SPECIFIED', `${frame.to} is an address of ${bridge.name} itself`, known.by, bridge.name);
  return known.port === undefined ? spread(run, skb, at, []) : direct(run, skb, at, known.port, known.by);
}
