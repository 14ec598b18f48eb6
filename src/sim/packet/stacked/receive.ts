import type { Link } from '#facts/link/link';
import type { Next } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { ipvlanReceive } from './ipvlan.ts';
import { handedUp, uppersOf } from './levels.ts';
import { macvlanReceive } from './macvlan.ts';

/** A frame for a device that stands on this one: a VLAN by its tag (net/8021q/vlan_core.c vlan_do_receive), a macvlan by its address, an ipvlan by IP. Nothing: it is for this one. */
export function toUppers(run: Run, skb: Skb, link: Link, master: Link | undefined): Next | undefined {
  const { stack, frame } = skb;
  if (frame === null || stack.links.is === 'gap') return undefined;
  const here = { stack, link };
  if (frame.vlan !== undefined) {
    const vlan = uppersOf(run, here, 'vlan').find(({ link: { upper } }) => upper?.kind === 'vlan' && upper.id === frame.vlan);
    if (vlan === undefined) return undefined;
    const { vlan: tag, ...bare } = frame;
    return handedUp({ ...skb, frame: bare }, vlan, `${vlan.link.name} takes the tag ${tag} off`);
  }
  if (master?.type === 'bridge') return undefined;
  return macvlanReceive(run, skb, here) ?? ipvlanReceive(run, skb, here);
}
