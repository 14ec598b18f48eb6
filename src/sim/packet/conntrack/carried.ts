import type { End } from '../next.ts';
import type { Packet } from '../packet.ts';
import { kernelOf } from '../route/kernel.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { attached, carriesTrack } from './attach.ts';
import type { Track } from './connection.ts';
import { tcpFrom } from './tcp.ts';
import { expiryOf } from './timeouts.ts';

/** Where a packet ended that is answered. */
type Ended = { readonly skb: Pick<Skb, 'stack' | 'track'>; readonly reason: Pick<End['reason'], 'code'> };

/** The track that an answer to a packet has when it leaves; a rule's reset closes the connection that it is about. */
export function carried(run: Run, { skb, reason: { code } }: Ended, answer: Packet): Track | null {
  if (!carriesTrack(answer, code)) return null;
  if (answer.tcp?.rst === true) closed(run, skb);
  return attached(skb);
}

/**
 * A connection that is in the table is closed as if the reset had been seen, since 6.3 (nf_ct_set_closing, nf_conntrack_tcp_set_closing);
 * one that is closed already lives no longer for it.
 */
function closed(run: Run, { stack, track }: Ended['skb']): void {
  const connection = track?.connection ?? null;
  if (connection === null || !connection.confirmed || connection.tcp?.state === 'CLOSE' || !kernelOf(stack, [6, 3])) return;
  connection.tcp = { ...(connection.tcp ?? tcpFrom(null)), state: 'CLOSE' };
  connection.expires = expiryOf(stack, connection, run.at);
  run.touch();
}
