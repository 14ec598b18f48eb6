import type { Link } from '#facts/link/link';
import { BROADCAST_MAC, isGroupMac } from '#net/mac';
import { bridgeReceive } from '../bridge/bridge.ts';
import { end, type Next } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';

/** Takes a frame from a device (net/core/dev.c __netif_receive_skb_core): to the bridge above it, or to the IP layer. */
export function netifReceive(run: Run, skb: Skb, link: Link): Next {
  const { stack } = skb;
  if (link.up === false) {
    return end(skb, {
      disposition: 'dropped',
      code: 'DEV_READY',
      says: `${link.name} is down`,
      by: [stack.cite('link', link)],
      device: link.name,
    });
  }
  const master = typeof link.master === 'string' ? stack.link(link.master) : undefined;
  if (master?.type === 'bridge') return bridgeReceive(run, { ...skb, cast: castOf(skb, link) }, link, master);
  if (master?.type === 'bond') return { stage: 'receive', skb, link: master };
  return { stage: 'ip', skb: { ...skb, cast: castOf(skb, link) }, link };
}

/** For whom a frame is (net/ethernet/eth.c eth_type_trans). A device whose address was not read is taken as meant. */
export function castOf({ frame }: Skb, link: Link): Skb['cast'] {
  if (frame === null) return 'host';
  if (frame.to === BROADCAST_MAC) return 'broadcast';
  if (isGroupMac(frame.to)) return 'multicast';
  return link.mac === undefined || link.mac === null || link.mac === frame.to ? 'host' : 'otherhost';
}
