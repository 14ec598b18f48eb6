import type { Link, UpperSettings } from '#facts/link/link';
import { isGroupMac } from '#net/mac';
import type { Station } from '#dataplane/station';
import { portsOf } from '../bridge/ports.ts';
import { end, type Next, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { entered } from '../veth/veth.ts';

type Stacked = Exclude<UpperSettings, { kind: 'bond' | 'vrf' }>;

/** Sends by the device below: a VLAN adds its tag (net/8021q/vlan_dev.c), macvlan and ipvlan pass what is for each other across at once (drivers/net/macvlan.c macvlan_queue_xmit, drivers/net/ipvlan). */
export function lowerTransmit(run: Run, skb: Skb, link: Link, upper: Stacked): Next {
  const { stack, frame } = skb;
  const below = run.world.lower(stack, link);
  const by = [stack.cite('link', link)];
  if (below === undefined) {
    const detail = `the device below ${link.name} was not read, or is in a namespace that nothing tells`;
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, by, link.name);
  }
  const { link: lower } = below;
  if (upper.kind === 'ipvlan' && upper.mode !== 'l2') {
    const detail = `ipvlan in mode ${upper.mode ?? 'unknown'} routes by itself (${link.name})`;
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, by, link.name);
  }
  if (upper.kind === 'vlan') {
    const tagged = frame === null ? null : { ...frame, vlan: upper.id };
    const trail = stepped(skb.trail, 'vlan', `${link.name} sends it by ${lower.name} with the tag ${upper.id}`, by);
    return { stage: 'transmit', skb: handedDown({ ...skb, frame: tagged, trail }, link, below), link: lower };
  }
  const trail = stepped(skb.trail, upper.kind, `${link.name} sends it by ${lower.name}`, by);
  const world: Next = { stage: 'transmit', skb: handedDown({ ...skb, trail }, link, below), link: lower };
  if (upper.kind !== 'ipvlan' && upper.mode !== 'bridge') return world;
  return across(run, skb, link, below, world);
}

/** The frame at the device below, which may be in another namespace: nothing is taken off it (macvlan_queue_xmit, dev_queue_xmit_accel). */
function handedDown(skb: Skb, link: Link, below: Station): Skb {
  if (below.stack === skb.stack) return skb;
  const left = { before: skb.trail, leaves: link.name, packet: skb.packet };
  return { ...skb, stack: below.stack, trail: { before: left, enters: below.stack, in: null } };
}

/** What is for another device on the same one does not leave the machine. */
function across(run: Run, skb: Skb, link: Link, below: Station, world: Next): Next {
  const { stack, frame } = skb;
  const others = run.world.uppers(below.stack, below.link).filter((one) => one.link !== link && one.link.upper?.kind === link.upper?.kind);
  const to = ({ stack: other, link: one }: Station, trail = skb.trail): Next => ({
    stage: 'receive',
    skb: other === stack ? { ...skb, in: one, path: null, track: null, trail } : entered({ ...skb, trail }, other, one),
    link: one,
  });
  if (frame !== null && isGroupMac(frame.to)) return { stage: 'copies', of: [world, ...others.map((one) => to(one))] };
  const own = others.find(({ link: { mac } }) => mac === frame?.to);
  if (own === undefined) return world;
  const says = `${own.link.name} is on ${below.link.name} too`;
  return to(own, stepped(skb.trail, link.upper?.kind ?? 'macvlan', says, [own.stack.cite('link', own.link)]));
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
