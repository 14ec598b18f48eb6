import type { ModelHeader, ModelOutcome, ModelWalk } from '../stage/model.ts';
import type { Header, Seen } from '../stage/wire.ts';
import { looked, type Sighted, sighted } from './sightings.ts';

/** Whether the model says that it does not know. */
export const isUnknown = (outcome: ModelOutcome): boolean => outcome.probability === null || endsUnknown(outcome);

/** Whether the model does not know all of the way. */
export const endsUnknown = ({ walks }: Pick<ModelOutcome, 'walks'>): boolean =>
  walks.some(({ disposition }) => disposition === 'unknown' || disposition === 'left the model');

/** What an outcome of the model and the sightings of the packet do not agree on; nothing when they do. */
export function differences(outcome: ModelOutcome, seen: readonly Seen[]): readonly string[] {
  const found = sighted(seen);
  // what stays in its own namespace is seen by sockets alone
  const isSeen = ({ walk }: { readonly walk: ModelWalk }): boolean => visited(walk).length > 0 && !isLate(walk);
  const expected = looked(outcome.walks).filter((one) => isSeen(one) || found.some(({ look }) => look === one.look));
  const missing = expected.filter(isSeen).filter(({ look: own }) => !found.some(({ look }) => look === own));
  const surplus = found.filter(({ look: own }) => !expected.some(({ look }) => look === own));
  return [
    ...missing.map(({ walk, look }) => `the model has ${look} on ${pathText(walk)}, nobody saw it`),
    ...surplus.map((one) => `${one.look} was seen on ${visitsText(one)}, the model has none`),
    ...expected.flatMap(({ walk, look: own }) => found.filter(({ look }) => look === own).flatMap((one) => wayDifferences(walk, one))),
  ];
}

/** What comes so late that nobody waited for it: a neighbour's silence is told after seconds. */
export const isLate = ({ after = 0 }: Pick<ModelWalk, 'after'>): boolean => after > 0;

function wayDifferences(walk: ModelWalk, found: Sighted): readonly string[] {
  const look = found.look;
  const ways = [found, withoutTunnel(walk, found), withoutDetour(walk, found), withoutRounds(walk, found)].map(visitsText);
  if (!ways.includes(pathText(walk))) {
    return [
      `${look}: the model's way is ${pathText(walk)} (${walk.disposition} ${walk.code}: ${walk.says}), seen was ${visitsText(found)}`,
    ];
  }
  const left = found.visits.flatMap(({ left: header, out, namespace }, at) => {
    const told = visited(walk)[at]?.[3];
    const differs = header === null || told === undefined ? undefined : headerDifference(told, header);
    return differs === undefined ? [] : [`${look} left ${namespace} by ${out} ${differs}`];
  });
  return [...left, ...takenDifferences(walk, found), ...lifeDifference(walk, found)];
}

const visitText = ([namespace, into, out]: readonly [string, string | null, string | null, ...unknown[]]): string =>
  `${into ?? ''}>${namespace}>${out ?? ''}`;

const visited = ({ path }: ModelWalk): ModelWalk['path'] => path.filter(([, into, out]) => into !== null || out !== null);

const pathText = (walk: ModelWalk): string => visited(walk).map(visitText).join(' ');

const visitsText = ({ visits }: Sighted): string =>
  visits.map(({ namespace, in: into, out }) => visitText([namespace, into, out])).join(' ');

/** What dies around a tunnel's inside has left no device; the tap saw the inside enter the tunnel's. */
function withoutTunnel({ outer }: ModelWalk, found: Sighted): Sighted {
  const last = found.visits.at(-1);
  if (outer === undefined || last === undefined) return found;
  const before = found.visits.slice(0, -1);
  return { ...found, visits: last.in === null ? before : [...before, { ...last, out: null, left: null }] };
}

/**
 * What DNAT keeps on its bridge leaves by the bridge's own device, and comes back to be bridged, as long as the new destination's
 * neighbour has no cached header: nobody is told which has (net/bridge/br_netfilter_hooks.c br_nf_pre_routing_finish_bridge).
 */
function withoutDetour(walk: ModelWalk, found: Sighted): Sighted {
  const [last, end] = [found.visits.at(-1), visited(walk).at(-1)];
  const isNew = walk.received.destination !== walk.packet.destination && walk.received.destination === last?.left?.destination;
  if (last === undefined || last.in === null || end?.[2] !== null || !isNew) return found;
  return { ...found, visits: [...found.visits.slice(0, -1), { ...last, out: null, left: null }] };
}

/** The model leaves whole rounds out of a way in circles: the same are left out of what was seen, before its end. */
function withoutRounds(walk: ModelWalk, found: Sighted): Sighted {
  const places = visited(walk).map(([namespace, into]) => `${into}>${namespace}`);
  const before = places.length - 1;
  const begins = places.slice(0, -1).lastIndexOf(places.at(-1) ?? '');
  const last = found.visits.at(-1);
  if (walk.disposition !== 'looped' || begins < 0 || last === undefined) return found;
  const round = before - begins;
  const seen = found.visits.map(({ namespace, in: into, out }) => visitText([namespace, into, out]));
  const more = seen.slice(before, -1);
  const isRounds = more.length % round === 0 && more.every((visit, at) => visit === seen[before + at - round]);
  return isRounds ? { ...found, visits: [...found.visits.slice(0, before), last] } : found;
}

/** A tunnel's packet is told by what it carries. */
function headerDifference(told: ModelHeader, outside: Header): string | undefined {
  const header = outside.inner ?? outside;
  const { source, destination } = told.drawn ?? {};
  const model =
    told.icmp === undefined
      ? [told.source, portOf(told.sport, source, header.sport), told.destination, portOf(told.dport, destination, header.dport)]
      : [told.source, told.destination];
  const kernel =
    told.icmp === undefined ? [header.source, header.sport, header.destination, header.dport] : [header.source, header.destination];
  return model.join(' ') === kernel.join(' ') ? undefined : `as ${kernel.join(' ')}, in the model as ${model.join(' ')}`;
}

/** A drawn port may be any of its range. */
const portOf = (told: number | undefined, range: readonly [number, number] | undefined, seen: number | undefined): number | undefined =>
  range !== undefined && seen !== undefined && seen >= range[0] && seen <= range[1] ? seen : told;

/** What an ordinary UDP socket received. */
function takenDifferences({ disposition, received, packet, at }: ModelWalk, { taken, look }: Sighted): readonly string[] {
  const [first] = taken;
  const isTaken = packet.protocol === 'udp' && disposition === 'delivered';
  if (first === undefined) return isTaken ? [`${look}: the model has it delivered in ${at[0]}, no socket took it`] : [];
  if (!isTaken) return [`${look}: a socket in ${first.in} took it, the model has it ${disposition} in ${at[0]}`];
  const differs = headerDifference(received, first.header);
  // a kernel before 5.19 tells no socket (SO_RCVMARK)
  const mark = first.mark ?? received.mark;
  return [
    ...(differs === undefined ? [] : [`${look} was received ${differs}`]),
    ...(first.in === at[0] ? [] : [`${look}: a socket in ${first.in} took it, in the model one in ${at[0]}`]),
    ...(mark === received.mark ? [] : [`${look} was received with mark ${mark}, in the model ${received.mark}`]),
  ];
}

function lifeDifference({ disposition, received }: ModelWalk, { last, look }: Sighted): readonly string[] {
  if (last === undefined || last.how === 'out' || last.header.inner !== undefined) return [];
  if (disposition !== 'delivered' && disposition !== 'no listener') return [];
  return last.header.ttl === received.ttl ? [] : [`${look} arrived with TTL ${last.header.ttl}, in the model ${received.ttl}`];
}
