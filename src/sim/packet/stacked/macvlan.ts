import type { Link, MacvlanSettings as Macvlan } from '#facts/link/link';
import type { Station } from '#dataplane/station';
import { isGroupMac, type Mac } from '#net/mac';
import type { Next } from '../next.ts';
import type { Run } from '../run.ts';
import type { Frame, Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { forwarded, handedDown, handedUp, takes, untold, uppersOf } from './levels.ts';

const modeOf = ({ link: { upper } }: Station): Macvlan['mode'] => (upper?.kind === 'macvlan' ? upper.mode : undefined);

/**
 * A macvlan sends by the device below; in mode `bridge` what is for another of that mode comes in there instead, and never leaves
 * (drivers/net/macvlan.c macvlan_queue_xmit). The device below itself gets nothing: its address is on the other side of the wire.
 */
export function macvlanTransmit(run: Run, skb: Skb, link: Link, { mode }: Macvlan, below: Station): Next {
  const { stack, frame } = skb;
  if (mode === undefined) return untold(skb, 'mode', { stack, link }, link.name);
  const trail = stepped(skb.trail, 'macvlan', `${link.name} sends it by ${below.link.name}`, [stack.cite('link', link)]);
  const world: Next = { stage: 'transmit', skb: handedDown({ ...skb, trail }, link, below), link: below.link };
  if (mode !== 'bridge' || frame === null) return world;
  const asked = uppersOf(run, below, 'macvlan').filter((one) => one.link !== link && (isGroupMac(frame.to) || one.link.mac === frame.to));
  const unclear = asked.find((one) => modeOf(one) === undefined);
  if (unclear !== undefined) return untold(skb, 'mode', unclear, link.name);
  const others = asked.filter((one) => modeOf(one) === 'bridge');
  if (isGroupMac(frame.to))
    return {
      stage: 'copies',
      of: [world, ...others.map((one) => forwarded(skb, link, one, `${one.link.name} is on ${below.link.name} too`))],
    };
  const [own] = others;
  return own === undefined ? world : forwarded(skb, link, below, `${own.link.name} is on ${below.link.name} too`);
}

/**
 * A frame for a macvlan on the device that it came in by (macvlan_handle_frame): those in mode `source` that name its sender get
 * copies, and it goes no further where one has `nodst`. Nothing: it is for that device.
 */
export function macvlanReceive(run: Run, skb: Skb, below: Station): Next | undefined {
  const { frame } = skb;
  const uppers = uppersOf(run, below, 'macvlan');
  if (frame === null || uppers.length === 0) return undefined;
  // mode passthru, which takes all, has the address of the device below
  const mayTake = ({ link: { mac } }: Station): boolean => isGroupMac(frame.to) || mac === frame.to || mac === below.link.mac;
  const unclear = uppers.find((one) => modeOf(one) === undefined && mayTake(one));
  if (unclear !== undefined) return untold(skb, 'mode', unclear, below.link.name);
  const unnamed = uppers.find((one) => modeOf(one) === 'source' && sourcesOf(one) === undefined);
  if (unnamed !== undefined) return untold(skb, 'sources', unnamed, below.link.name);
  const naming = uppers.filter((one) => modeOf(one) === 'source' && sourcesOf(one)?.includes(frame.from) === true);
  if (naming.length === 0) return byDestination(skb, frame, uppers, below);
  const copies = naming.map((one) => handedUp(skb, one, `${one.link.name} takes what ${frame.from} sends`));
  const open = naming.find((one) => nodstOf(one) === undefined);
  if (open !== undefined) return untold(skb, 'flags', open, below.link.name);
  if (naming.some((one) => nodstOf(one) === true)) return { stage: 'copies', of: copies };
  const itself = byDestination(skb, frame, uppers, below) ?? { stage: 'ip', skb, link: below.link };
  return { stage: 'copies', of: [itself, ...copies] };
}

/** The same by the station that the frame is for: of `passthru` there is one, and all is for it. */
function byDestination(skb: Skb, frame: Frame, uppers: readonly Station[], below: Station): Next | undefined {
  if (isGroupMac(frame.to)) {
    const source = uppers.find(({ link: { mac } }) => mac === frame.from);
    // what a switch sent back to one that is apart reaches that one alone
    if (source !== undefined && !BESIDE.has(modeOf(source))) return handedUp(skb, source, takes(source, below));
    const hearing = uppers.filter((one) => hears(one, source));
    return {
      stage: 'copies',
      of: [{ stage: 'ip', skb, link: below.link }, ...hearing.map((one) => handedUp(skb, one, takes(one, below)))],
    };
  }
  const own = uppers.find((one) => modeOf(one) === 'passthru' || (one.link.mac === frame.to && modeOf(one) !== 'source'));
  return own === undefined ? undefined : handedUp(skb, own, takes(own, below), 'host');
}

const BESIDE: ReadonlySet<string | undefined> = new Set(['vepa', 'bridge']);

const sourcesOf = ({ link: { upper } }: Station): readonly Mac[] | undefined => (upper?.kind === 'macvlan' ? upper.sources : undefined);

const nodstOf = ({ link: { upper } }: Station): Macvlan['nodst'] => (upper?.kind === 'macvlan' ? upper.nodst : undefined);

/** Whether a macvlan hears a group's frame: of one that a switch sent back, those have heard that stand beside its sender in mode `bridge` (macvlan_process_broadcast). */
function hears(one: Station, source: Station | undefined): boolean {
  if (modeOf(one) === 'source') return false;
  if (source === undefined) return true;
  if (one === source) return false;
  const mode = modeOf(one);
  return modeOf(source) === 'vepa' ? mode === 'vepa' || mode === 'bridge' : mode === 'vepa';
}
