import { familyOf } from '#net/ip';
import { end, type Next } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { isElsewhere } from './elsewhere.ts';
import { isListening } from './receive.ts';

/** UDP's header and VXLAN's behind that of IP. */
const WITH_HEADERS = { 4: 20 + 8 + 8, 6: 40 + 8 + 8 } as const;

/**
 * What comes to a tunnel's port and is no VXLAN is dropped. It is read as if it were (vxlan_rcv): where its first byte happens to have the
 * flag of a VNI, it is one that no device has; to a device that takes all VNIs, its header says too much. Measured on Linux 6.18.
 */
export function withoutFrame(run: Run, skb: Skb): Next | undefined {
  const { stack, packet } = skb;
  const all = stack.links.is === 'seen' ? stack.links.table.all : [];
  const listening = all.filter((link) => link.vxlan?.port !== undefined && !isElsewhere(link) && isListening(link, skb));
  if (listening.length === 0) return undefined;
  const by = listening.map((link) => stack.cite('link', link));
  const says = `${listening.map(({ name }) => name).join(', ')} listens on UDP ${packet.destinationPort}, and this is no VXLAN`;
  const isWhole = packet.size >= WITH_HEADERS[familyOf(packet.destination)];
  const takesAll = listening.some(({ vxlan }) => vxlan?.external === true);
  const read = !takesAll && isWhole && hasFlag(run, skb, says) ? 'VXLAN_VNI_NOT_FOUND' : 'VXLAN_INVALID_HDR';
  return end(skb, { disposition: 'dropped', code: isWhole ? read : 'PKT_TOO_SMALL', says, by });
}

/** What a packet says nobody told. */
function hasFlag(run: Run, { stack }: Skb, says: string): boolean {
  const detail = `${says}: whether its first byte has the flag of a VNI all the same was not told`;
  const options = ['has no flag', 'has the flag of a VNI'].map((name) => ({ name, probability: null }));
  const because = { gap: { of: 'link', scope: stack.scope, why: 'not told', detail }, by: [] } as const;
  return run.pick({ at: `${placeText(stack)} no VXLAN`, of: 'first byte', scope: 'packet', options, because }) === 1;
}
