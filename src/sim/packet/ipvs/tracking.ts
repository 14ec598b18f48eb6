import type { Ip } from '#net/ip';
import { seenBy, UNTRACKED } from '../conntrack/connection.ts';
import { kernelOf } from '../route/kernel.ts';
import type { Run } from '../run.ts';
import { setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';

/** What conntrack knows of a packet that IPVS passes on as it is: nothing, unless net.ipv4.vs.conntrack is set. */
export const untouched = (run: Run, skb: Skb): Skb['track'] => (keepsTrack(run, skb) ? skb.track : UNTRACKED);

/** Since Linux 4.12 only what has a connection loses it: INVALID stays so, and is tracked again as it leaves (include/net/ip_vs.h ip_vs_notrack). */
const keepsTrack = (run: Run, { stack, track }: Skb): boolean =>
  track?.state === 'UNTRACKED' ||
  (seenBy(track) === null && kernelOf(stack, [4, 12])) ||
  isOn(run, stack, setting(stack, 'net.ipv4.vs.conntrack'), 'conntrack may know what IPVS passes on');

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
