import type { Fdb } from '#facts/fdb/fdb';
import type { Link } from '#facts/link/link';
import { isGroupMac, type Mac } from '#net/mac';
import { fdbKey } from '#dataplane/neighbours';
import type { Stack } from '#dataplane/stack';
import { end, type Next } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { isForwardable } from '../veth/veth.ts';
import { portsOf, refusal } from './ports.ts';
import { bridgedForward, bridgedPrerouting } from './netfilter.ts';

/** A frame comes in by a port (net/bridge/br_input.c br_handle_frame). */
export function bridgeReceive(run: Run, skb: Skb, port: Link, bridge: Link): Next {
  const by = [skb.stack.cite('link', port)];
  const drop = (says: string): Next => end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by, device: port.name });
  if (bridge.up === false)
    return end(skb, {
      disposition: 'dropped',
      code: 'DEV_READY',
      says: `the bridge ${bridge.name} is down`,
      by: [skb.stack.cite('link', bridge)],
      device: port.name,
    });
  const state = port.port?.state;
  if (state !== undefined && state !== 'forwarding') return drop(`the port ${port.name} is ${state}`);
  if (skb.frame === null) return { stage: 'ip', skb, link: bridge };
  const host = skb.frame.to === bridge.mac ? { ...skb, cast: 'host' as const } : skb;
  const passed = bridgedPrerouting(run, host, port, bridge);
  if ('stage' in passed) return passed;
  return finish(run, passed, port, bridge);
}

/** Up, to one port, or to all (br_handle_frame_finish). */
function finish(run: Run, skb: Skb, port: Link, bridge: Link): Next {
  const { stack, frame } = skb;
  if (frame === null) return up(skb, bridge);
  if (isGroupMac(frame.to)) return { stage: 'copies', of: [up(skb, bridge), ...flood(run, skb, port, bridge)] };
  if (isOwn(stack, bridge, frame.to)) {
    const cast = frame.to === bridge.mac || frame.to === port.mac ? 'host' : 'otherhost';
    return up({ ...skb, cast }, bridge);
  }
  const entry = learnt(stack, bridge, frame.to);
  if (entry === undefined) return spread(run, skb, port, bridge);
  const to = stack.link(entry.dev);
  if (to === undefined) return spread(run, skb, port, bridge);
  const by = [stack.cite('fdb', entry)];
  const refused = refusal(skb, port, to);
  if (refused !== undefined)
    return end(skb, {
      disposition: 'dropped',
      code: 'NOT_SPECIFIED',
      says: refused,
      by: [...by, stack.cite('link', to)],
      device: port.name,
    });
  return toPort(
    run,
    { ...skb, trail: stepped(skb.trail, 'bridge', `${bridge.name} knows ${frame.to} behind ${to.name}`, by) },
    port,
    to,
    bridge,
  );
}

/** To the bridge's own IP layer (br_pass_frame_up). */
const up = (skb: Skb, bridge: Link): Next => ({ stage: 'ip', skb: { ...skb, in: bridge }, link: bridge });

/** Addresses that the bridge takes for itself: its own and its ports' (BR_FDB_LOCAL). */
function isOwn(stack: Stack, bridge: Link, mac: Mac): boolean {
  if (mac === bridge.mac || entries(stack, bridge, mac).some(({ local }) => local === true)) return true;
  return portsOf(stack, bridge).some((port) => port.mac === mac);
}

const entries = (stack: Stack, bridge: Link, mac: Mac): readonly Fdb[] =>
  stack.fdb.is === 'seen' ? (stack.fdb.table.bridges.get(fdbKey(bridge.name, mac)) ?? []) : [];

const learnt = (stack: Stack, bridge: Link, mac: Mac): Fdb | undefined =>
  entries(stack, bridge, mac).find(({ local, vlan }) => local !== true && (vlan ?? 0) <= 1);

/** Copies of a frame for every port that may get it (br_flood). */
function flood(run: Run, skb: Skb, from: Link | null, bridge: Link): Next[] {
  const known = skb.frame !== null && isGroupMac(skb.frame.to);
  return portsOf(skb.stack, bridge)
    .filter((port) => refusal(skb, from, port) === undefined && (known || port.port?.flood !== false))
    .map((port) =>
      toPort(
        run,
        { ...skb, trail: stepped(skb.trail, 'bridge', `${bridge.name} sends it to every port, ${port.name} too`, []) },
        from,
        port,
        bridge,
      ),
    );
}

/** An address that the bridge does not know goes to all ports. */
function spread(run: Run, skb: Skb, from: Link | null, bridge: Link): Next {
  const of = flood(run, skb, from, bridge);
  if (of.length > 0) return { stage: 'copies', of };
  const by = [skb.stack.cite('link', bridge)];
  return end(skb, {
    disposition: 'dropped',
    code: 'NOT_SPECIFIED',
    says: `${bridge.name} knows no port for ${skb.frame?.to} and has none to try`,
    by,
    device: from?.name ?? bridge.name,
  });
}

/** Out by a port: iptables FORWARD and POSTROUTING where bridge-nf asks them, then the device (__br_forward, br_dev_queue_push_xmit). */
function toPort(run: Run, skb: Skb, from: Link | null, to: Link, bridge: Link): Next {
  const passed = from === null || skb.bridged === null ? skb : bridgedForward(run, skb, to, bridge);
  if ('stage' in passed) return passed;
  if (!isForwardable(passed, to)) {
    const says = `${passed.wire} bytes do not fit the MTU ${to.mtu} of ${to.name}: a bridge drops it without a word`;
    return end(passed, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by: [passed.stack.cite('link', to)], device: to.name });
  }
  return { stage: 'transmit', skb: passed, link: to };
}

/** A frame of this namespace's own leaves by the bridge (net/bridge/br_device.c br_dev_xmit). */
export function bridgeTransmit(run: Run, skb: Skb, bridge: Link): Next {
  const { stack, frame } = skb;
  if (frame === null || isGroupMac(frame.to)) return copies(skb, flood(run, skb, null, bridge), bridge);
  const entry = learnt(stack, bridge, frame.to);
  if (entry !== undefined) {
    const to = stack.link(entry.dev);
    const by = [stack.cite('fdb', entry)];
    const refused = to === undefined ? undefined : refusal(skb, null, to);
    if (refused !== undefined) return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says: refused, by, device: bridge.name });
    if (to !== undefined)
      return toPort(
        run,
        { ...skb, trail: stepped(skb.trail, 'bridge', `${bridge.name} knows ${frame.to} behind ${to.name}`, by) },
        null,
        to,
        bridge,
      );
  }
  if (isOwn(stack, bridge, frame.to)) {
    return end(skb, {
      disposition: 'dropped',
      code: 'NOT_SPECIFIED',
      says: `${frame.to} is an address of ${bridge.name} itself`,
      by: [stack.cite('link', bridge)],
      device: bridge.name,
    });
  }
  return spread(run, skb, null, bridge);
}

const copies = (skb: Skb, of: Next[], bridge: Link): Next =>
  of.length > 0
    ? { stage: 'copies', of }
    : end(skb, {
        disposition: 'dropped',
        code: 'NOT_SPECIFIED',
        says: `${bridge.name} has no port to send by`,
        by: [skb.stack.cite('link', bridge)],
        device: bridge.name,
      });
