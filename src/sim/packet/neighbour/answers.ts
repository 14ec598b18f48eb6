import type { Link } from '#facts/link/link';
import { familyOf, type Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { addressesAt } from '#dataplane/underlay';
import { memoised } from '#dataplane/memo';
import type { Station } from '#dataplane/station';
import type { World } from '#dataplane/world';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import type { FactRef } from '../outcome.ts';
import { placeText, type Run } from '../run.ts';
import { settingGap, type Unread } from '../setting.ts';
import type { Skb } from '../skb.ts';
import { answersArp, arpSource, mayAnswerArp } from './arp.ts';
import { answersNd, ndSource } from './nd.ts';
import { asks, hears, replies } from './heard.ts';
import { segmentOf } from './segment.ts';

/** A station that would answer for an address. */
export type Answerer = { readonly station: Station; readonly mac: Mac; readonly place: string; readonly by: readonly FactRef[] };

/** Who answers on a segment; `isOpen`: it leads to where nothing was captured, so that others may. */
export type Answers = {
  readonly stations: readonly Answerer[];
  /** Where who asks is known from then on, as notes name it: who answers, or would but for its rules (arp_process, ndisc_recv_ns). */
  readonly informed: readonly string[];
  readonly isOpen: boolean;
  /** Something on the segment was changed by the preview. */
  readonly isEdited: boolean;
  /** Why nobody can: a tunnel that has nowhere to send a broadcast. */
  readonly by: readonly FactRef[];
  /** Rules of who asks that count the question and let it out to nobody. */
  readonly counted?: readonly Origin[];
  readonly gap?: Gap;
  /** A setting that was not read, by which somebody may answer where nobody else does. */
  readonly unread?: Gap;
  /** Somebody answers, whose own Ethernet address no listing tells (`ip -4 addr` leaves it out). */
  readonly untold?: Gap;
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
const NOBODY: Answers = { stations: [], informed: [], isOpen: false, isEdited: false, by: [] };

/** What was asked in a world before: its segments do not change. */
const answersIn = memoised((_: World) => new Map<string, Answers>());

function ask(run: Run, asking: Station, hop: Ip, asker: Ip, known: Mac | null): Answers {
  const own = asks(run.world, asking, { asker, target: hop });
  if (own.is === 'lost') return { ...NOBODY, by: own.by, counted: own.counted };
  const segment = segmentOf(run, asking, familyOf(hop) === 4 ? 'broadcast' : 'multicast', known);
  const mayAnswer = mayAnswerIn(run.world, hop);
  const able = segment.stations.filter(mayAnswer).flatMap((station) => answererOf(run, asking, station, hop, asker));
  const question = { asker, target: hop };
  const asked = able.map((one) => ({ one, ...hears(run.world, one.station, asking, question) }));
  const heard = asked.map((each) =>
    each.is === 'heard' ? { one: each.one, ...replies(run.world, each.one.station, asking, question) } : each,
  );
  const stations = heard.flatMap(({ one, is }) => (is === 'lost' ? [] : [one]));
  const informed = asked.flatMap(({ one, is }) => (is === 'heard' ? [`${one.station.stack.key} ${one.station.link.name} ${asker}`] : []));
  const deaf = heard.flatMap((each) => (each.is === 'lost' ? each.by : []));
  const doubt = [own, ...heard].find((each) => each.is === 'gap')?.gap;
  const isEdited = asking.link.origin.edited !== undefined || holdsEdited(segment.stations);
  const { isOpen, gap = doubt } = segment;
  const by = [...segment.by, ...deaf];
  const unread = stations.length > 0 || isOpen ? undefined : unreadAmong(segment.stations, hop, asker);
  const untold = stations.length > 0 ? undefined : untoldAmong(segment.stations.filter(mayAnswer), hop, asker);
  const gaps = {
    ...(gap === undefined ? {} : { gap }),
    ...(unread === undefined ? {} : { unread }),
    ...(untold === undefined ? {} : { untold }),
  };
  return { stations, informed, isOpen, isEdited, by, ...gaps };
}

function unreadAmong(stations: readonly Station[], hop: Ip, asker: Ip): Gap | undefined {
  for (const { stack, link } of stations) {
    const answers = answersFor({ stack, link }, hop, asker);
    if (typeof answers === 'object') return settingGap(answers, `${placeText(stack)} ${link.name} may answer for ${hop}`);
  }
  return undefined;
}

function untoldAmong(stations: readonly Station[], hop: Ip, asker: Ip): Gap | undefined {
  const holder = stations.find((one) => one.link.mac === undefined && one.link.noArp !== true && answersFor(one, hop, asker) === true);
  if (holder === undefined) return undefined;
  const detail = `the Ethernet address of ${holder.link.name} of ${placeText(holder.stack)}, which has ${hop}, was not told`;
  return { of: 'link', scope: holder.stack.scope, why: 'not told', detail, capture: 'ip -d -j link show' };
}

const answersFor = ({ stack, link }: Station, hop: Ip, asker: Ip): boolean | Unread =>
  familyOf(hop) === 4 ? answersArp(stack, link, hop, asker) : answersNd(stack, link, hop);

/** Whether something of these stations was changed by the preview. */
const holdsEdited = memoised((stations: readonly Station[]): boolean =>
  stations.some(
    (station) => station.link.origin.edited !== undefined || addressesAt(station).some(({ origin }) => origin.edited !== undefined),
  ),
);

/** Those who may answer for an address in a world, whoever asks: of all others of a large segment nothing more is asked. */
function mayAnswerIn(world: World, hop: Ip): (station: Station) => boolean {
  const known = answerersIn(world);
  const own = known.get(hop) ?? new Map<Link, boolean>();
  known.set(hop, own);
  return (station) => {
    const may = own.get(station.link) ?? mayAnswer(station, hop);
    own.set(station.link, may);
    return may;
  };
}

const answerersIn = memoised((_: World) => new Map<Ip, Map<Link, boolean>>());

const mayAnswer = ({ stack, link }: Station, hop: Ip): boolean => familyOf(hop) === 6 || mayAnswerArp(stack, link, hop);

/** A station answers for its own addresses, and for others where it stands proxy; its answer must find back. */
function answererOf(run: Run, asking: Station, station: Station, hop: Ip, asker: Ip): readonly Answerer[] {
  const { stack, link } = station;
  if (typeof link.mac !== 'string' || link.noArp === true) return [];
  if (answersFor(station, hop, asker) !== true || !findsBack(run, station, asking)) return [];
  const own = stack.addresses.is === 'seen' ? (stack.addresses.table.byAddress.get(hop) ?? []) : [];
  const by = [...own.map((address) => stack.cite('address', address)), stack.cite('link', link)];
  return [{ station, mac: link.mac, place: `${placeText(stack)} ${link.name}`, by }];
}

function findsBack(run: Run, from: Station, asking: Station): boolean {
  const { stations, isOpen, gap } = segmentOf(run, from, 'answer', asking.link.mac ?? null);
  return isOpen || gap !== undefined || stations.some(({ stack, link }) => stack === asking.stack && link === asking.link);
}
