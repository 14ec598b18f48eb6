import type { Link } from '#facts/link/link';
import type { Gap } from '#snapshot/gap';
import { bridgeReceive } from '../bridge/bridge.ts';
import { shortCut } from '../flowtable/short-cut.ts';
import { ingress } from '../netfilter/link-layer.ts';
import { end, type Next, unknown } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { toUppers } from '../stacked/receive.ts';
import { attached } from './attached.ts';
import { castOf } from './cast.ts';

/** Takes a frame from a device (net/core/dev.c __netif_receive_skb_core): to the bridge above it, or to the IP layer. */
export function netifReceive(run: Run, skb: Skb, link: Link, cast = castOf(skb, link)): Next {
  const { stack } = skb;
  const by = [stack.cite('link', link)];
  if (link.up === false)
    return end(skb, { disposition: 'dropped', code: 'DEV_READY', says: `${link.name} is down`, by, device: link.name });
  const program = attached(stack, link, 'ingress');
  if (program !== undefined) return unknown(skb, program, by, link.name);
  return netifAbove(run, { ...skb, cast }, link);
}

/** The same for a frame whose station is known already: one that a bridge hands up. */
export function netifAbove(run: Run, skb: Skb, link: Link): Next {
  const { stack, frame } = skb;
  const passed = ingress(run, skb, link);
  if ('stage' in passed) return passed;
  const cut = shortCut(run, passed, link);
  if (cut !== undefined) return cut;
  const master = typeof link.master === 'string' ? stack.link(link.master) : undefined;
  const untold = masterUntold(skb, link, master);
  if (untold !== undefined) return unknown(passed, untold, [stack.cite('link', link)], link.name);
  const upper = toUppers(run, passed, link, master);
  if (upper !== undefined) return upper;
  if (master?.type === 'bridge') return bridgeReceive(run, passed, link, master);
  if (master?.upper?.kind === 'bond' || master?.type === 'bond') return fromSlave(passed, link, master);
  if (frame?.vlan !== undefined)
    return end(passed, {
      disposition: 'dropped',
      code: 'OTHERHOST',
      says: `${link.name} has no device for VLAN ${frame.vlan}`,
      by: [stack.cite('link', link)],
      device: link.name,
    });
  return { stage: 'ip', skb: passed, link };
}

/** `ip addr` without -d names the device above this one, and does not tell whether it is a bridge, a bond or a VRF (rx_handler). */
function masterUntold({ stack }: Skb, link: Link, master: Link | undefined): Gap | undefined {
  if (master === undefined || master.type !== undefined || master.bridge != null || master.upper != null) return undefined;
  const detail = `what ${master.name}, the master of ${link.name}, is was not told`;
  return { of: 'link', scope: stack.scope, why: 'not told', detail, capture: 'ip -d -j link show' };
}

/** A bond takes frames from its active part; the others' are dropped unless they are its own (bond_should_deliver_exact_match). */
function fromSlave(skb: Skb, link: Link, bond: Link): Next {
  const { upper } = bond;
  if (upper?.kind === 'bond' && upper.mode === 'active-backup' && upper.active !== null && upper.active !== link.name) {
    const says = `${link.name} is not the active part of ${bond.name}: that is ${upper.active}`;
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by: [skb.stack.cite('link', bond)], device: link.name });
  }
  return { stage: 'receive', skb, link: bond };
}
