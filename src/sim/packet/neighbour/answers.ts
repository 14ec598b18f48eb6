import type { Link } from '#facts/link/link';
import { familyOf, type Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { addressesAt } from '#dataplane/underlay';
import { memoised } from '#dataplane/memo';
import type { Station } from '#dataplane/station';
import type { World } from '#dataplane/world';
import type { Gap } from '#snapshot/gap';
import type { FactRef } from '../outcome.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { answersArp, arpSource } from './arp.ts';
import { answersNd, ndSource } from './nd.ts';
import { segmentOf } from './segment.ts';

/** A station that would answer for an address. */
export type Answerer = { readonly mac: Mac; readonly place: string; readonly by: readonly FactRef[] };

/** Who answers on a segment; `isOpen`: it leads to where nothing was captured, so that others may. */
export type Answers = {
  readonly stations: readonly Answerer[];
  readonly isOpen: boolean;
  /** Something on the segment was changed by the preview. */
  readonly isEdited: boolean;
  /** Why nobody can: a tunnel that has nowhere to send a broadcast. */
  readonly by: readonly FactRef[];
  readonly gap?: Gap;
};

/** Asks a segment who has an address: the station that is known for it, and where a broadcast would go (net/ipv4/arp.c arp_process, net/ipv6/ndisc.c ndisc_recv_ns). */
export function whoAnswers(run: Run, skb: Skb, link: Link, hop: Ip, known: Mac | null = null): Answers {
  const asker = familyOf(hop) === 4 ? arpSource(skb, link, hop) : ndSource(skb, link);
  const key = `${skb.stack.key} ${link.name} ${hop} ${known} ${asker}`;
  const asked = answersIn(run.world);
  let answers = asked.get(key);
  if (answers === undefined) {
    answers = asker === undefined ? NOBODY : ask(run, { stack: skb.stack, link }, hop, asker, known);
    asked.set(key, answers);
  }
  return answers;
}

/** A device that has no address to ask with asks nothing. */
const NOBODY: Answers = { stations: [], isOpen: false, isEdited: false, by: [] };

/** What was asked in a world before: its segments do not change. */
const answersIn = memoised((_: World) => new Map<string, Answers>());

function ask(run: Run, asking: Station, hop: Ip, asker: Ip, known: Mac | null): Answers {
  const segment = segmentOf(run, asking, known);
  const stations = segment.stations.flatMap((station) => answererOf(run, asking, station, hop, asker));
  const isEdited =
    segment.stations.some(
      ({ stack, link: at }) =>
        at.origin.edited !== undefined || addressesAt({ stack, link: at }).some(({ origin }) => origin.edited !== undefined),
    ) || asking.link.origin.edited !== undefined;
  const { isOpen, by, gap } = segment;
  return { stations, isOpen, isEdited, by, ...(gap === undefined ? {} : { gap }) };
}

/** A station answers for its own addresses, and for others where it stands proxy; its answer must find back. */
function answererOf(run: Run, asking: Station, station: Station, hop: Ip, asker: Ip): readonly Answerer[] {
  const { stack, link } = station;
  if (typeof link.mac !== 'string' || link.noArp === true) return [];
  const answers = familyOf(hop) === 4 ? answersArp(stack, link, hop, asker) : answersNd(stack, link, hop);
  if (!answers || !findsBack(run, station, asking)) return [];
  const own = stack.addresses.is === 'seen' ? (stack.addresses.table.byAddress.get(hop) ?? []) : [];
  const by = [...own.map((address) => stack.cite('address', address)), stack.cite('link', link)];
  return [{ mac: link.mac, place: `${placeText(stack)} ${link.name}`, by }];
}

function findsBack(run: Run, from: Station, asking: Station): boolean {
  const { stations, isOpen, gap } = segmentOf(run, from, asking.link.mac ?? null);
  return isOpen || gap !== undefined || stations.some(({ stack, link }) => stack === asking.stack && link === asking.link);
}
