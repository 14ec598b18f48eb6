import type { Link } from '#facts/link/link';
import { bridgeTransmit } from '../bridge/bridge.ts';
import { end, type Next, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { underlay } from '../underlay/underlay.ts';
import { vethTransmit } from '../veth/veth.ts';
import { encapsulate } from '../vxlan/transmit.ts';

/** Hands a frame to a device (net/core/dev.c __dev_queue_xmit, then the driver's ndo_start_xmit). */
export function transmit(run: Run, skb: Skb, link: Link): Next {
  const { stack } = skb;
  const by = [stack.cite('link', link)];
  if (!run.spend())
    return end(skb, {
      disposition: 'looped',
      code: 'NOT_SPECIFIED',
      says: `frames go round and round at ${link.name} of ${placeText(stack)}`,
      by,
      device: link.name,
    });
  if (link.up === false)
    return end(skb, { disposition: 'dropped', code: 'DEV_READY', says: `${link.name} is down`, by, device: link.name });
  if (link.carrier === false)
    return end(skb, { disposition: 'dropped', code: 'QDISC_DROP', says: `${link.name} has no carrier`, by, device: link.name });
  const gone: Skb = { ...skb, trail: { before: skb.trail, leaves: link.name } };
  if (link.type === 'bridge') return bridgeTransmit(run, skb, link);
  if (link.type === 'vxlan' || link.vxlan != null) return encapsulate(run, skb, link);
  const peer = run.world.peer(stack, link);
  if (peer !== undefined) return vethTransmit(gone, link, peer);
  if (run.world.underlay.has({ stack, link })) return underlay(run, gone, link);
  if (link.type === 'veth' || link.type === undefined) {
    const says = `the other end of ${link.name} was not captured`;
    return end(gone, { disposition: 'left the model', code: 'NOT_SEEN', says, by, device: link.name });
  }
  const detail = `what a device of type ${link.type} does is not modelled (${link.name})`;
  return unknown(gone, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, by, link.name);
}
