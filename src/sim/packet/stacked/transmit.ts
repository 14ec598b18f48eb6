import type { Link, UpperSettings } from '#facts/link/link';
import { isGroupMac } from '#net/mac';
import type { Stack } from '#dataplane/stack';
import { portsOf } from '../bridge/ports.ts';
import { end, type Next, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';

type Stacked = Exclude<UpperSettings, { kind: 'bond' | 'vrf' }>;

/** The device that another one stands on, in the same namespace. */
export function lowerOf({ links }: Stack, { peerName, peerIndex, peerNsid }: Link): Link | undefined {
  if (links.is === 'gap') return undefined;
  if (typeof peerName === 'string') return links.table.byName.get(peerName);
  return typeof peerIndex === 'number' && typeof peerNsid !== 'number' ? links.table.byIndex.get(peerIndex) : undefined;
}

/** Sends by the device below: a VLAN adds its tag (net/8021q/vlan_dev.c), macvlan and ipvlan pass what is for each other across at once (drivers/net/macvlan.c macvlan_queue_xmit, drivers/net/ipvlan). */
export function lowerTransmit(skb: Skb, link: Link, upper: Stacked): Next {
  const { stack, frame } = skb;
  const lower = lowerOf(stack, link);
  const by = [stack.cite('link', link)];
  if (lower === undefined) {
    const detail = `the device below ${link.name} is in another namespace or was not read`;
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, by, link.name);
  }
  if (upper.kind === 'ipvlan' && upper.mode !== 'l2') {
    const detail = `ipvlan in mode ${upper.mode ?? 'unknown'} routes by itself (${link.name})`;
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, by, link.name);
  }
  if (upper.kind === 'vlan') {
    const tagged = frame === null ? null : { ...frame, vlan: upper.id };
    const trail = stepped(skb.trail, 'vlan', `${link.name} sends it by ${lower.name} with the tag ${upper.id}`, by);
    return { stage: 'transmit', skb: { ...skb, frame: tagged, trail }, link: lower };
  }
  const world: Next = {
    stage: 'transmit',
    skb: { ...skb, trail: stepped(skb.trail, upper.kind, `${link.name} sends it by ${lower.name}`, by) },
    link: lower,
  };
  if (upper.kind !== 'ipvlan' && upper.mode !== 'bridge') return world;
  return across(skb, link, lower, world);
}

/** What is for another device on the same one does not leave the machine. */
function across(skb: Skb, link: Link, lower: Link, world: Next): Next {
  const { stack, frame } = skb;
  const uppers = stack.links.is === 'seen' ? (stack.links.table.uppers.get(lower.name) ?? []) : [];
  const others = uppers.filter((other) => other !== link && other.upper?.kind === link.upper?.kind);
  if (frame !== null && isGroupMac(frame.to))
    return {
      stage: 'copies',
      of: [world, ...others.map((other): Next => ({ stage: 'receive', skb: { ...skb, in: other, path: null }, link: other }))],
    };
  const to = others.find(({ mac }) => mac === frame?.to);
  if (to === undefined) return world;
  const trail = stepped(skb.trail, link.upper?.kind ?? 'macvlan', `${to.name} is on ${lower.name} too`, [stack.cite('link', to)]);
  return { stage: 'receive', skb: { ...skb, in: to, path: null, track: null, trail }, link: to };
}

/** A bond sends by its active part, else by one that a hash picks (drivers/net/bonding/bond_main.c). */
export function bondTransmit(run: Run, skb: Skb, bond: Link): Next {
  const { stack } = skb;
  const { upper } = bond;
  const by = [stack.cite('link', bond)];
  const alive = portsOf(stack, bond).filter(({ up, carrier }) => up !== false && carrier !== false);
  const active = upper?.kind === 'bond' && upper.active !== null ? alive.filter(({ name }) => name === upper.active) : alive;
  const [only] = active;
  if (only === undefined)
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says: `no part of ${bond.name} is up`, by, device: bond.name });
  if (active.length === 1) {
    const trail = stepped(skb.trail, 'bond', `${bond.name} sends it by ${only.name}`, by);
    return { stage: 'transmit', skb: { ...skb, trail }, link: only };
  }
  const options = active.map(({ name }) => ({ name, probability: null }));
  const detail = `by which of its parts ${bond.name} sends is not told`;
  const because = { gap: { of: 'link', scope: stack.scope, why: 'not modelled', detail } as const, by };
  const picked = run.pick({ at: `${placeText(stack)} bond ${bond.name}`, of: 'bond', scope: 'connection', lasts: true, options, because });
  return { stage: 'transmit', skb, link: active[picked] ?? only };
}
