import type { Link } from '#facts/link/link';
import type { Neighbour } from '#facts/neighbour/neighbour';
import { familyOf, type Ip, isLimitedBroadcast, isMulticast, toBits, v4 } from '#net/ip';
import { BROADCAST_MAC, type Mac, parseMac, ZERO_MAC } from '#net/mac';
import { neighbourKey } from '#dataplane/neighbours';
import type { Gap } from '#snapshot/gap';
import { citeAbsence } from '#dataplane/reading';
import type { Stack } from '#dataplane/stack';
import { type End, end, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { type Answers, whoAnswers } from './answers.ts';
import { fullTable } from './full.ts';

/** The link-layer address of a next hop, or the end of the packet that needs it. */
export type Resolved =
  | { readonly is: 'mac'; readonly mac: Mac; readonly says: string; readonly by: readonly FactRef[] }
  | { readonly is: 'end'; readonly end: End };

/** So many requests, a second apart (mcast_solicit × retrans_time). */
const REQUESTS = 3;
const GIVES_UP_MS = REQUESTS * 1000;

/** States in which an address is used as it is. */
const SURE = new Set<Neighbour['state']>(['permanent', 'reachable', 'noarp']);
/** States in which it is used and asked for again: who answers then decides. */
const OLD = new Set<Neighbour['state']>(['stale', 'delay', 'probe', undefined]);

/** Finds the link-layer address of a next hop (net/core/neighbour.c neigh_resolve_output; net/ipv4/arp.c arp_constructor, net/ipv6/ndisc.c ndisc_constructor). */
export function resolve(run: Run, skb: Skb, link: Link, hop: Ip): Resolved {
  const { stack } = skb;
  // such a device sends to itself, but for what is for a group (arp_constructor, ndisc_constructor: dev_addr)
  const isGroup = isMulticast(hop) && link.type !== 'loopback' && typeof link.mac === 'string';
  const { neighbours } = stack;
  const entry = neighbours.is === 'seen' ? neighbours.table.get(neighbourKey(link.name, hop)) : undefined;
  // an entry that somebody made is asked before any is constructed (neigh_add)
  const isGiven = entry?.state === 'permanent' && typeof entry.mac === 'string';
  if ((link.noArp === true || link.type === 'loopback') && !isGroup && !isGiven)
    return { is: 'mac', mac: link.mac ?? ZERO_MAC, says: 'no address needed', by: [] };
  if (skb.path?.does === 'broadcast' || isLimitedBroadcast(hop)) return { is: 'mac', mac: BROADCAST_MAC, says: 'broadcast', by: [] };
  if (isMulticast(hop)) return { is: 'mac', mac: groupMac(hop), says: 'multicast', by: [] };
  if (
    entry !== undefined &&
    typeof entry.mac === 'string' &&
    (SURE.has(entry.state) || (OLD.has(entry.state) && isStillRight(run, skb, link, hop, entry.mac)))
  ) {
    const says = `${hop} is at ${entry.mac} (${entry.state ?? 'as read'})`;
    return { is: 'mac', mac: entry.mac, says, by: [stack.cite('neighbour', entry)] };
  }
  const place = `${stack.key} ${link.name} ${hop}`;
  const asker = entry?.state === 'permanent' ? undefined : run.notes.asker(place);
  if (asker !== undefined) return { is: 'mac', mac: asker, says: `${hop} asked from ${asker} before`, by: [] };
  const tunnel = link.type === 'vxlan' || link.vxlan != null;
  const unread = entry === undefined && tunnel ? unreadOf(stack, link) : undefined;
  if (unread !== undefined) return { is: 'end', end: unknown(skb, unread, [], link.name) };
  const full = entry === undefined ? fullTable(run, skb, link, hop) : undefined;
  if (full !== undefined) return { is: 'end', end: full };
  const answers = whoAnswers(run, skb, link, hop);
  if (typeof link.mac === 'string') for (const informed of answers.informed) run.notes.keepAsker(informed, link.mac);
  // who asks in a packet's own name gets an answer for all of them (ndisc_solicit, arp_solicit; neigh_update)
  const before = answers.stations.length === 0 ? run.notes.answerer(place) : undefined;
  if (before !== undefined) return { is: 'mac', mac: before, says: `${hop} answered from ${before} before`, by: [] };
  const failed = entry?.state === 'failed' || entry?.state === 'incomplete' ? entry : undefined;
  if (failed !== undefined && bindsModel(answers)) return { is: 'end', end: nobody(skb, link, hop, [stack.cite('neighbour', failed)]) };
  const resolved = fromAnswers(run, skb, link, hop, answers, entry);
  if (resolved.is === 'mac') run.notes.keepAnswerer(place, resolved.mac);
  return resolved;
}

/** Why nobody knows whether a tunnel's device has an entry: nobody asks for it on the wire as long as flanneld's own is there. */
function unreadOf({ neighbours, scope }: Stack, link: Link): Gap | undefined {
  if (neighbours.is === 'gap') return neighbours.gap;
  const detail = `the neighbours of ${link.name} were not all listed`;
  return neighbours.complete ? undefined : { of: 'neighbour', scope, why: 'not told', detail, capture: 'ip -j neigh show' };
}

/** The address of a group's frames (ip_eth_mc_map, ipv6_eth_mc_map). */
function groupMac(group: Ip): Mac {
  const hex = (number: number): string => number.toString(16).padStart(8, '0');
  const low = familyOf(group) === 4 ? `01005e${hex(v4(group) & 0x7fffff).slice(2)}` : `3333${hex(Number(toBits(group) & 0xffffffffn))}`;
  return parseMac((low.match(/../g) ?? []).join(':')) ?? BROADCAST_MAC;
}

/** A failure that was measured stands against an answer that only the model gives, unless a change under preview made that answer possible. */
const bindsModel = (answers: Answers): boolean => answers.isOpen && !answers.isEdited;

/** An old entry stands when its own station answers, or when it leads to where nothing was captured. */
function isStillRight(run: Run, skb: Skb, link: Link, hop: Ip, known: Mac): boolean {
  const { stations, isOpen, gap, untold } = whoAnswers(run, skb, link, hop, known);
  return isOpen || (gap ?? untold) !== undefined || stations.some(({ mac }) => mac === known);
}

function fromAnswers(run: Run, skb: Skb, link: Link, hop: Ip, answers: Answers, entry: Neighbour | undefined): Resolved {
  const { stack } = skb;
  if ('gap' in answers && answers.gap !== undefined) return { is: 'end', end: unknown(skb, answers.gap, [], link.name) };
  const [first, ...others] = answers.stations;
  if (first !== undefined) {
    const options = answers.stations.map(({ mac, place }) => ({ name: `${mac} of ${place}`, probability: null }));
    const at = `${placeText(stack)} arp ${hop} on ${link.name}`;
    const gap = {
      of: 'neighbour',
      scope: stack.scope,
      why: 'not modelled',
      detail: `${answers.stations.length} stations have ${hop}: whose answer comes first is not known`,
    } as const;
    const picked =
      others.length === 0
        ? first
        : (answers.stations[run.pick({ at, of: 'first answer', scope: 'connection', lasts: true, options, because: { gap, by: [] } })] ??
          first);
    return { is: 'mac', mac: picked.mac, says: `${picked.place} answers for ${hop} with ${picked.mac}`, by: picked.by };
  }
  const isFailed = entry?.state === 'failed' || entry?.state === 'incomplete';
  const open = answers.untold ?? answers.unread;
  if (!isFailed && open !== undefined) return { is: 'end', end: unknown(skb, open, [], link.name) };
  if (!isFailed && answers.isOpen) {
    const says = `${hop} is at no address that was captured: who answers for it behind ${link.name} is not known`;
    return {
      is: 'end',
      end: end(skb, { disposition: 'left the model', code: 'NOT_SEEN', says, by: [stack.cite('link', link)], device: link.name }),
    };
  }
  const known = entry === undefined ? absenceOf(stack, link, hop) : [stack.cite('neighbour', entry)];
  return { is: 'end', end: nobody(asking(skb, hop, answers), link, hop, [...known, ...answers.by], entry) };
}

/** A question that rules throw away where it is asked is counted as often as it is asked (net/ipv6/ndisc.c ndisc_solicit); others are asked the same. */
function asking(skb: Skb, hop: Ip, { counted = [] }: Answers): Skb {
  if (counted.length === 0) return skb;
  const mayCount = Array.from({ length: REQUESTS }, () => counted).flat();
  return { ...skb, trail: stepped(skb.trail, 'neighbour', `asks for ${hop}, and nobody hears it`, [], undefined, [], mayCount) };
}

const absenceOf = ({ neighbours }: Stack, link: Link, hop: Ip): readonly FactRef[] =>
  neighbours.is === 'seen' ? citeAbsence(neighbours, neighbourKey(link.name, hop)) : [];

/**
 * An old entry is used on while its station is asked again: delay_first_probe_time, and ucast_solicit requests a second apart, before it
 * is FAILED (neigh_timer_handler: DELAY, PROBE). What is sent meanwhile goes to its address, and no error tells the sender.
 */
const USED_ON_MS = 5000 + 3 * 1000;
const isUsedOn = (entry: Neighbour | undefined): boolean => typeof entry?.mac === 'string' && OLD.has(entry.state);

const doubtOf = (entry: Neighbour | undefined): string =>
  isUsedOn(entry)
    ? `: what is sent goes to ${entry?.mac} (${entry?.state ?? 'as read'}) until nobody has confirmed it for ${USED_ON_MS / 1000} s`
    : '';

/** Nobody answers: the sender is told after three seconds, or when an old entry has failed before them (ipv4_link_failure, ip6_link_failure). */
const nobody = (skb: Skb, link: Link, hop: Ip, by: readonly FactRef[], entry?: Neighbour): End =>
  end(skb, {
    disposition: 'unreachable',
    code: 'NEIGH_FAILED',
    says: `nobody on ${link.name} answers for ${hop}${doubtOf(entry)}`,
    by,
    device: link.name,
    error: { type: 3, code: 1, delayMs: isUsedOn(entry) ? USED_ON_MS + GIVES_UP_MS : GIVES_UP_MS },
  });
