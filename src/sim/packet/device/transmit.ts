import type { Link } from '#facts/link/link';
import { bridgeTransmit } from '../bridge/bridge.ts';
import { cycleOf } from '../cycle.ts';
import { egress } from '../netfilter/link-layer.ts';
import { end, type Next, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import { innermost, type Skb } from '../skb.ts';
import { bondTransmit, lowerTransmit } from '../stacked/transmit.ts';
import { tunTransmit } from '../tun/tun.ts';
import { tunnelTransmit } from '../tunnel/transmit.ts';
import { underlay } from '../underlay/underlay.ts';
import { vethTransmit } from '../veth/veth.ts';
import { encapsulate } from '../vxlan/transmit.ts';
import { wireguardTransmit } from '../wireguard/transmit.ts';
import { attached } from './attached.ts';

/** Hands a frame to a device (net/core/dev.c __dev_queue_xmit, then the driver's ndo_start_xmit). */
export function transmit(run: Run, skb: Skb, link: Link): Next {
  const { stack } = skb;
  const by = [stack.cite('link', link)];
  const dropped = (code: string, says: string): Next => end(skb, { disposition: 'dropped', code, says, by, device: link.name });
  if (!run.spend()) {
    const cycle = cycleOf(skb);
    const says = `frames go round and round: ${cycle?.places ?? `at ${link.name} of ${placeText(stack)}`}`;
    return end(skb, { disposition: 'looped', code: 'NOT_SPECIFIED', says, by: cycle?.by ?? by, device: link.name });
  }
  if (link.up === false) return dropped('DEV_READY', `${link.name} is down`);
  if (link.carrier === false) return dropped('QDISC_DROP', `${link.name} has no carrier`);
  const passed = egress(run, skb, link);
  if ('stage' in passed) return passed;
  const program = attached(stack, link, 'egress');
  if (program !== undefined) return unknown(passed, program, by, link.name);
  return driver(run, passed, link);
}

/** What a device of its kind does with a frame. */
function driver(run: Run, skb: Skb, link: Link): Next {
  const { stack } = skb;
  const by = [stack.cite('link', link)];
  const gone: Skb = { ...skb, trail: { before: skb.trail, leaves: link.name, packet: innermost(skb) } };
  // taps have seen it leave by the bridge before the bridge looks for a port (net/core/dev.c xmit_one)
  if (link.type === 'bridge') return bridgeTransmit(run, gone, link);
  if (link.type === 'vxlan' || link.vxlan != null) return encapsulate(run, skb, link);
  if (link.tunnel != null) return tunnelTransmit(run, skb, link, link.tunnel);
  if (link.upper?.kind === 'bond') return bondTransmit(run, skb, link);
  if (link.upper?.kind === 'vlan' || link.upper?.kind === 'macvlan' || link.upper?.kind === 'ipvlan')
    return lowerTransmit(run, skb, link, link.upper);
  if (link.type === 'wireguard') return wireguardTransmit(run, skb, link);
  if (link.type === 'tun') return tunTransmit(run, skb, link);
  if (link.type === 'dummy' || link.type === 'ifb')
    return end(skb, {
      disposition: 'dropped',
      code: 'NOT_SPECIFIED',
      says: `${link.name} is a dummy: nothing leaves by it`,
      by,
      device: link.name,
    });
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
