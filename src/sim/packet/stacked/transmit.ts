import type { Link, UpperSettings } from '#facts/link/link';
import { portsOf } from '../bridge/ports.ts';
import { end, type Next, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { ipvlanTransmit } from './ipvlan.ts';
import { handedDown } from './levels.ts';
import { macvlanTransmit } from './macvlan.ts';

type Stacked = Exclude<UpperSettings, { kind: 'bond' | 'vrf' }>;

/** Sends by the device below: a VLAN adds its tag (net/8021q/vlan_dev.c); what macvlan and ipvlan do they know by themselves. */
export function lowerTransmit(run: Run, skb: Skb, link: Link, upper: Stacked): Next {
  const { stack, frame } = skb;
  const below = run.world.lower(stack, link);
  const by = [stack.cite('link', link)];
  if (below === undefined) {
    const detail = `the device below ${link.name} was not read, or is in a namespace that nothing tells`;
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, by, link.name);
  }
  if (upper.kind === 'macvlan') return macvlanTransmit(run, skb, link, upper, below);
  if (upper.kind === 'ipvlan') return ipvlanTransmit(run, skb, link, upper, below);
  const { link: lower } = below;
  // a tag behind a tag
  if (frame?.vlan !== undefined) {
    const detail = `${link.name} puts its tag around ${frame.vlan}`;
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, by, link.name);
  }
  const tagged = frame === null ? null : { ...frame, vlan: upper.id };
  const trail = stepped(skb.trail, 'vlan', `${link.name} sends it by ${lower.name} with the tag ${upper.id}`, by);
  return { stage: 'transmit', skb: handedDown({ ...skb, frame: tagged, trail }, link, below), link: lower };
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
