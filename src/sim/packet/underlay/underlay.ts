import type { Link } from '#facts/link/link';
import { isGroupMac } from '#net/mac';
import type { Station } from '#dataplane/station';
import { share } from '#dataplane/underlay';
import { end, type Next, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { entered, isForwardable } from '../veth/veth.ts';

/**
 * A frame leaves what was captured and comes in again at the captured device that its address belongs to, on the same subnet.
 * What lies between is taken as carrying it; where its address belongs to nobody that was captured, it has left the model.
 */
export function underlay(run: Run, skb: Skb, link: Link): Next {
  const { frame, stack } = skb;
  if (frame === null) return left(skb, link, `${link.name} leads out of what was captured`);
  const { underlay: wires } = run.world;
  const here: Station = { stack, link };
  if (isGroupMac(frame.to)) {
    const all = new Set([...wires.byAddress.values()].flat().filter((other) => other.stack !== stack && share(here, other)));
    return {
      stage: 'copies',
      of: [left(skb, link, 'a broadcast leaves what was captured'), ...[...all].map((other) => arrive(skb, other))],
    };
  }
  const found = (wires.byMac.get(frame.to) ?? []).filter((other) => other.link !== link && share(here, other));
  const [first] = found;
  if (first === undefined) return nobody(run, skb, link);
  if (found.length === 1) return arrive(skb, first);
  const options = found.map((other) => ({ name: `${placeText(other.stack)} ${other.link.name}`, probability: null }));
  const at = `${placeText(stack)} underlay ${frame.to}`;
  const gap = {
    of: 'link',
    scope: stack.scope,
    why: 'not modelled',
    detail: `${found.length} devices have the address ${frame.to}: which one a switch knows is not told`,
  } as const;
  const picked = run.pick({ at, of: 'duplicate link address', scope: 'connection', options, because: { gap, by: [] } });
  return arrive(skb, found[picked] ?? first);
}

/** No captured device on this subnet takes the frame. Where the devices' kinds were not told, either may be the end of a tunnel. */
function nobody(run: Run, skb: Skb, link: Link): Next {
  const { stack, frame } = skb;
  const elsewhere = (frame === null ? [] : (run.world.underlay.byMac.get(frame.to) ?? [])).find((other) => other.link !== link);
  if (elsewhere === undefined) return left(skb, link, nobodyText(run, skb));
  const says = `${frame?.to} is ${stationText(elsewhere)}, which is on no subnet of ${link.name}`;
  if (link.type !== undefined && elsewhere.link.type !== undefined) return left(skb, link, says);
  const detail = `what kind of device ${link.name} of ${placeText(stack)} is was not told`;
  const gap = { of: 'link', scope: stack.scope, why: 'not told', detail, capture: 'ip -d -j link show' } as const;
  return unknown(skb, gap, [stack.cite('link', link)], link.name);
}

const stationText = ({ stack, link }: Station): string => `${placeText(stack)} ${link.name}`;

function nobodyText(run: Run, { frame, hop }: Skb): string {
  const [owner] = hop === null ? [] : (run.world.underlay.byAddress.get(hop) ?? []);
  const who = `${frame?.to} is no captured device's address`;
  if (owner === undefined) return who;
  const { mac } = owner.link;
  return `${who}, while ${hop} is on ${stationText(owner)}${typeof mac === 'string' ? ` at ${mac}` : ', whose address was not told'}`;
}

const left = (skb: Skb, link: Link, says: string): Next =>
  end(skb, { disposition: 'left the model', code: 'NOT_SEEN', says, by: [skb.stack.cite('link', link)], device: link.name });

function arrive(skb: Skb, { stack, link }: Station): Next {
  if (link.carrier === false || link.up === false) {
    const says = `${link.name} of ${placeText(stack)} is ${link.up === false ? 'down' : 'without carrier'}`;
    return end(skb, { disposition: 'dropped', code: 'DEV_READY', says, by: [stack.cite('link', link)] });
  }
  if (!isForwardable(skb, link)) return oversized(skb, { stack, link });
  const there = entered(skb, stack, link);
  return {
    stage: 'receive',
    skb: {
      ...there,
      // what a machine knows of its own packets no wire carries
      vouched: link.type === 'veth' && there.vouched,
      trail: stepped(there.trail, 'underlay', `the underlay carries it to ${placeText(stack)} ${link.name}`, [stack.cite('link', link)]),
    },
    link,
  };
}

/** A veth drops what its own MTU does not hold; what a network card's driver takes beyond it is its own affair. */
function oversized(skb: Skb, { stack, link }: Station): Next {
  const by = [stack.cite('link', link)];
  const says = `${skb.wire} bytes do not fit the MTU ${link.mtu} of ${link.name} on ${placeText(stack)}`;
  if (link.type === 'veth') return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by });
  const detail = `${says}: whether its driver takes them is not told`;
  return unknown(skb, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, by);
}
