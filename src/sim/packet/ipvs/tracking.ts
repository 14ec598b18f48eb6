import { UNTRACKED } from '../conntrack/connection.ts';
import type { Ip } from '#net/ip';
import { setting } from '../setting.ts';
import type { Skb } from '../skb.ts';

/** What conntrack knows of a packet that IPVS passes on as it is: nothing, unless net.ipv4.vs.conntrack is set. */
export const untouched = ({ stack, track }: Skb): Skb['track'] =>
  (setting(stack, 'net.ipv4.vs.conntrack')?.value ?? 0) === 0 ? UNTRACKED : track;

/**
 * What conntrack knows of a packet that IPVS rewrote: nothing, unless net.ipv4.vs.conntrack is set; then a new connection's answers
 * are told to come from or go to the other end (net/netfilter/ipvs/ip_vs_nfct.c ip_vs_update_conntrack).
 */
export function tracked(
  { stack, track }: Skb,
  end: { readonly what: 'source' | 'destination'; readonly address: Ip; readonly port: number },
): Skb['track'] {
  if ((setting(stack, 'net.ipv4.vs.conntrack')?.value ?? 0) === 0) return UNTRACKED;
  const connection = track?.connection ?? null;
  if (connection === null || connection.confirmed || track?.direction !== 'original') return track;
  connection.reply =
    end.what === 'destination'
      ? { ...connection.reply, source: end.address, sourcePort: end.port }
      : { ...connection.reply, destination: end.address, destinationPort: end.port };
  connection.ipvs = end.what;
  return track;
}
