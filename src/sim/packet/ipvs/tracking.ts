import { UNTRACKED } from '../conntrack/connection.ts';
import type { Ip } from '#net/ip';
import type { Run } from '../run.ts';
import { setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';

/** What conntrack knows of a packet that IPVS passes on as it is: nothing, unless net.ipv4.vs.conntrack is set. */
export const untouched = (run: Run, skb: Skb): Skb['track'] => (keepsTrack(run, skb) ? skb.track : UNTRACKED);

/** What has no connection is alike either way only where the packet is untracked already. */
const keepsTrack = (run: Run, { stack, track }: Skb): boolean =>
  track?.state === 'UNTRACKED' || isOn(run, stack, setting(stack, 'net.ipv4.vs.conntrack'), 'conntrack may know what IPVS passes on');

/**
 * What conntrack knows of a packet that IPVS rewrote: nothing, unless net.ipv4.vs.conntrack is set; then a new connection's answers
 * are told to come from or go to the other end (net/netfilter/ipvs/ip_vs_nfct.c ip_vs_update_conntrack).
 */
export function tracked(
  run: Run,
  skb: Skb,
  end: { readonly what: 'source' | 'destination'; readonly address: Ip; readonly port: number },
): Skb['track'] {
  if (!keepsTrack(run, skb)) return UNTRACKED;
  const { track } = skb;
  const connection = track?.connection ?? null;
  if (connection === null || connection.confirmed || track?.direction !== 'original') return track;
  connection.reply =
    end.what === 'destination'
      ? { ...connection.reply, source: end.address, sourcePort: end.port }
      : { ...connection.reply, destination: end.address, destinationPort: end.port };
  connection.ipvs = end.what;
  return track;
}
