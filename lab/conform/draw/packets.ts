import type { Dice } from '../../draw/dice.ts';
import { isOfFamily, towards } from './aimed.ts';
import type { Pool, Site } from './construct.ts';
import type { Wants } from '../quotas.ts';
import type { FamilyTalk } from './iptables-rules.ts';
import type { Layout, Namespace } from './layout.ts';
import { type Aim, type Aimed, type Conversation, isPortless, namedPortless, type Packet, type Protocol, type Step } from './packet.ts';
import { addressesOf } from './pool.ts';
import { frameOf } from './frame.ts';
import type { Named } from './registry.ts';
import type { Family } from './rule.ts';

const PROTOCOLS: readonly Protocol[] = ['udp', 'udp', 'udp', 'udp', 'udp', 'udp', 'tcp', 'tcp', 'tcp', 'tcp', 'icmp', 'icmp', 'sctp'];
const FLAGS = ['S', 'S', 'S', 'S', 'A', 'SA', 'FA', 'R', 'PA'];
/** Source ports from the first one on are used once each in a scene: conversations do not meet by accident. The largest scenes need 2,200. */
const [FIRST_PORT, OWN_PORTS] = [20_000, 4000];
/** Every so manieth conversation tries what rules ask for one of, where there are such rules. */
const TRIED = 4;

/** What packets are drawn from: the scene's names of both families, and what its rules want to be asked. */
export type Wishes = {
  readonly pools: Readonly<Record<Family, Pool>>;
  readonly aims: readonly Aimed[];
  /** Conversations that some rules are tried by. */
  readonly talks: readonly FamilyTalk[];
  /** Namespaces with routing rules about protocol or ports: a raw socket tells the kernel's routes neither, so ordinary ones send there. */
  readonly ordinary: ReadonlySet<string>;
  readonly wants: Wants;
};

/** Draws conversations of so many packets in all. */
export function drawConversations(
  site: Omit<Site, 'here' | 'family' | 'pool'>,
  count: number,
  wishes: Wishes,
  more: readonly Named<'conversation'>[],
): readonly Conversation[] {
  const { dice, layout } = site;
  const ends = layout.namespaces.filter(({ role }) => role === 'end');
  const conversations: Conversation[] = [];
  const opened = new Set<string>();
  for (let packets = 0, port = FIRST_PORT; packets < count; port++) {
    const talk = wishes.talks.length > 0 && dice.roll(TRIED) === 0 ? dice.pick(wishes.talks) : undefined;
    const anybody = dice.roll(12) === 0 ? dice.pick(layout.namespaces) : dice.pick(ends);
    const family: Family = talk?.family ?? (dice.roll(10) < (wishes.wants.ipv6 ? 6 : 3) ? 6 : 4);
    const isAimed = talk !== undefined || (wishes.wants.aims && dice.roll(6) > 0);
    const aimed = isAimed ? towards(dice, layout, family, talk?.aims ?? wishes.aims) : undefined;
    const from = aimed?.from ?? anybody;
    const drawnPacket = drawPacket(dice, layout, from, family, port, wishes, aimed?.aim);
    if (drawnPacket === null) continue;
    const isOpened = opened.has(tupleOf(drawnPacket));
    if (isPortless(drawnPacket.protocol) && (isOpened || opened.has(tupleOf(answering(drawnPacket))))) continue;
    const packet = isOpened ? { ...drawnPacket, sport: port } : drawnPacket;
    opened.add(tupleOf(packet));
    const opening = { does: 'send', packet } as const;
    const trying = trialOf(talk, more);
    const isMore = trying === undefined && more.length > 0 && dice.roll(10) < (wishes.wants.conversations ? 9 : 5);
    const construct = isMore ? dice.pick(more) : trying;
    const drawn = construct?.draw({ ...site, here: from, family, pool: wishes.pools[family] }, opening) ?? null;
    const steps: readonly Step[] = drawn === null ? [opening] : drawn.steps;
    conversations.push({ by: drawn === null || construct === undefined ? [] : [construct.id, ...drawn.by], steps });
    packets += steps.length;
  }
  return conversations;
}

/** The construct that a talk names; what it names there must be, or its rules would be tried by nothing. */
function trialOf(talk: FamilyTalk | undefined, more: readonly Named<'conversation'>[]): Named<'conversation'> | undefined {
  if (talk === undefined || talk.by === null) return undefined;
  const named = more.find(({ id }) => id === talk.by);
  if (named === undefined) throw new Error(`no conversation of this scene is called ${talk.by}`);
  return named;
}

/** Two conversations of one tuple would be one to all that remembers what it saw. */
const tupleOf = ({ protocol, source, sport, destination, dport, icmp }: Packet): string =>
  [protocol, source, sport ?? icmp?.id, destination, dport].join(' ');

/** What has no ports is an answer to all that goes the other way. */
const answering = (packet: Packet): Packet => ({ ...packet, source: packet.destination, destination: packet.source });

function drawPacket(
  dice: Dice,
  layout: Layout,
  from: Namespace,
  family: Family,
  port: number,
  wishes: Wishes,
  given: Aim | undefined,
): Packet | null {
  const pool = wishes.pools[family];
  const fitting = given === undefined ? wishes.aims.filter((aim) => isOfFamily(aim, family)) : [];
  const aim: Aim = given ?? (fitting.length > 0 && dice.roll(10) < 6 ? dice.pick(fitting) : {});
  const sources = addressesOf(layout, from.name, family);
  if (sources.length === 0) return null;
  const source = aim.source !== undefined && sources.includes(aim.source) ? aim.source : dice.pick(sources);
  const elsewhere = pool.addresses.filter((address) => !sources.includes(address));
  const destination = aim.destination !== undefined && pool.addresses.includes(aim.destination) ? aim.destination : dice.pick(elsewhere);
  const frame = aim.onWire === true ? frameOf(layout, from, aim) : undefined;
  const isOrdinary = frame === undefined && wishes.ordinary.has(from.name);
  const drawn = isOrdinary ? 'udp' : (aim.protocol ?? dice.pick(PROTOCOLS));
  const base = { from: from.name, through: 'raw', source, destination, ...plain(aim), ...lifeOf(dice), ...frame } as const;
  if (drawn === 'icmp' || drawn === 'icmpv6') {
    const icmp = aim.icmp ?? { type: family === 4 ? 8 : 128, code: 0, id: port };
    return { ...base, protocol: family === 4 ? 'icmp' : 'icmpv6', icmp };
  }
  if (isPortless(drawn)) return namedPortless(family).includes(drawn) ? { ...base, protocol: drawn } : null;
  const ports = { sport: aim.sport ?? port, dport: aim.dport ?? (dice.roll(6) === 0 ? anyPort(dice) : dice.pick(pool.ports)) };
  if (drawn === 'tcp') {
    const segment = { ...base, protocol: 'tcp', ...ports, flags: aim.flags ?? dice.pick(FLAGS) } as const;
    return aim.mss !== undefined && segment.flags === 'S' ? { ...segment, mss: aim.mss } : segment;
  }
  if (drawn === 'udp' && (isOrdinary || (dice.roll(3) === 0 && frame === undefined)))
    return {
      ...base,
      ...ofSocket(ports, port, [...from.listens.udp, ...boundPorts(from), ...pool.ports]),
      protocol: 'udp',
      through: 'socket',
    };
  return { ...base, protocol: drawn, ...ports, ...(drawn === 'sctp' && aim.chunks !== undefined ? { chunks: aim.chunks } : {}) };
}

const boundPorts = ({ listens: { bound = [] } }: Namespace): readonly number[] => bound.map(({ port }) => port);

/** Any port but those that conversations send from: a socket may wait there. */
function anyPort(dice: Dice): number {
  const any = 1 + dice.roll(65000);
  return any >= FIRST_PORT && any < FIRST_PORT + OWN_PORTS ? any - FIRST_PORT + 1 : any;
}

type Ports = { readonly sport: number; readonly dport: number };

/** A socket that sends from a port and one address would take what others send there, instead of a listener or of nobody. */
const ofSocket = (ports: Ports, free: number, aimedAt: readonly number[]): Ports =>
  aimedAt.includes(ports.sport) ? { ...ports, sport: free } : ports;

/** What an aim says beside addresses, ports and protocol. */
const plain = ({ ttl, mark, size, df, tos }: Aim): Partial<Packet> => ({
  ...(ttl === undefined ? {} : { ttl }),
  ...(mark === undefined ? {} : { mark }),
  ...(size === undefined ? {} : { size }),
  ...(df === undefined ? {} : { df }),
  ...(tos === undefined ? {} : { tos }),
});

/** Now and then a packet whose life is short, or that carries its sender's mark. */
function lifeOf(dice: Dice): Partial<Packet> {
  const turn = dice.roll(40);
  if (turn === 0) return { ttl: 1 };
  if (turn === 1) return { ttl: 2 };
  return turn === 2 ? { mark: 1 + dice.roll(4) } : {};
}
