import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import { placeText } from '../run.ts';

/** Why it is not known whether a namespace has a tunnel that takes a packet: without -d no listing tells of what kind a device is. */
export function untoldTunnel(stack: Stack): Gap | undefined {
  const { links, scope } = stack;
  const open =
    links.is === 'seen'
      ? links.table.all.find(({ type, up, peerIndex }) => type === undefined && up !== false && peerIndex == null)
      : undefined;
  if (open === undefined) return undefined;
  const detail = `what kind of device ${open.name} of ${placeText(stack)} is was not told`;
  return { of: 'link', scope, why: 'not told', detail, capture: 'ip -d -j link show' };
}
