import type { World } from '#dataplane/world';
import { familyOf, type Ip } from '#net/ip';
import { type Chooser, enumerate } from '#sim/clock/choice';
import type { Scope } from '#snapshot/scope';
import type { Outcome, TracedOutcome } from './outcome.ts';
import type { Packet } from './packet.ts';
import { lookup } from './route/lookup.ts';
import { sourceFor } from './route/source.ts';
import { receive, send } from './send.ts';
import { settle } from './settle.ts';
import { FRESH, type State } from './state.ts';

/** A question: from whom, to whom, with what. */
export type Flow = {
  readonly from: Scope;
  /** Else the one that the namespace would choose. */
  readonly source?: Ip;
  /** The device of `from` at which it comes in, where its sender was not captured: an address alone, `source`. */
  readonly enters?: string;
  readonly to: Ip;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'sctp';
  readonly port?: number;
  /** Else drawn from the flow itself. */
  readonly sport?: number;
  /** Bytes of the IP packet; of TCP, of the request that follows the handshake. */
  readonly size?: number;
  /** Never fragment. Else as Linux does by itself: TCP never, others as long as they fit the path they know. */
  readonly df?: boolean;
};

/** All that can come of a flow. `complete` is false when there were too many ways to walk them all. */
export type Traced = { readonly outcomes: readonly TracedOutcome[]; readonly complete: boolean };

const HEADERS = { tcp: 60, udp: 60, icmp: 84, sctp: 60 } as const;
const TCP_HEADERS = 52;
const RETRIES = 4;
/** The tag by which the sender of an SCTP flow wants to be spoken to: any but 0. */
const INITIATE_TAG = 1;

/** Walks a flow through every way that its choices leave open. */
export function trace(world: World, flow: Flow, state: State = FRESH): Traced {
  const { branches, complete } = enumerate((chooser) => converse(world, flow, state, chooser));
  return { outcomes: settle(branches), complete };
}

/** The first packet, and of TCP with a size the request after the handshake. */
function converse(world: World, flow: Flow, state: State, chooser: Chooser): Outcome {
  const first = packetOf(world, flow);
  if (flow.enters !== undefined) return receive(world, flow.from, flow.enters, first, state, chooser);
  if (flow.protocol !== 'tcp') return insistently(world, flow, first, state, chooser);
  const opened = send(world, flow.from, first, state, chooser, 0);
  if (flow.size === undefined || opened.works !== 'yes' || opened.answer.kind !== 'reply') return opened;
  const size = Math.min(flow.size + TCP_HEADERS, segmentSize(world, flow, opened));
  const request: Packet = { ...first, tcp: { syn: false, ack: true, rst: false, fin: false }, size, df: true };
  return insistently(world, flow, request, opened.state, chooser);
}

/** The smaller of what both ends can send: their MSS without a doubt fits their own devices. */
function segmentSize(world: World, flow: Flow, opened: Outcome): number {
  const ends = [opened.hops[0], opened.hops.at(-1), opened.reply?.hops[0]];
  const sizes = ends.flatMap((hop) => {
    const stack = hop === undefined ? undefined : world.stack(hop.at);
    const mtu = hop?.at.device == null ? undefined : stack?.link(hop.at.device)?.mtu;
    return mtu === undefined ? [] : [mtu];
  });
  return Math.min(...sizes, flow.size === undefined ? 0 : flow.size + TCP_HEADERS);
}

/** Sends again what was too big, smaller or in pieces, as a sender does who was told so. */
function insistently(world: World, flow: Flow, first: Packet, state: State, chooser: Chooser): Outcome {
  let packet = first;
  let outcome = send(world, flow.from, packet, state, chooser, 0);
  for (let tries = 0; tries < RETRIES && flow.df !== true && wasTold(outcome); tries++) {
    const mtu = outcome.state.pathMtu.get(`${flow.from.node}\0${flow.from.netns}`)?.get(packet.destination)?.mtu;
    packet = packet.tcp === null || mtu === undefined ? { ...packet, df: false } : { ...packet, size: mtu };
    outcome = send(world, flow.from, packet, outcome.state, chooser, 0);
  }
  return outcome;
}

const wasTold = ({ disposition, answer, packet }: Outcome): boolean => disposition === 'too big' && answer.kind === 'icmp' && packet.df;

/** A port that is the same for the same flow. */
function portOf({ from, to, protocol, port = 0 }: Flow): number {
  let hash = 0x811c9dc5;
  for (const character of `${from.node}/${from.netns}>${to}:${port}/${protocol}`)
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return 40000 + ((hash >>> 0) % 20000);
}

/** The address that a namespace would send from, or the unspecified one where none is known: then the walk ends at its own routes. */
export function sourceOf(world: World, from: Scope, to: Ip): Ip {
  const stack = world.stack(from);
  const none = (familyOf(to) === 4 ? '0.0.0.0' : '::') as Ip;
  if (stack === undefined) return none;
  const answer = lookup(null, stack, { source: null, destination: to, iif: 'lo', oif: null, mark: 0, packet: null });
  if (answer.is !== 'path') return none;
  if (answer.path.does === 'local') return answer.path.source ?? to;
  const source = sourceFor(stack, answer.path, to);
  return source.is === 'seen' ? source.address : none;
}

/** The packet that a flow begins with: a SYN, an INIT, a datagram, an echo request. */
export function packetOf(world: World, flow: Flow): Packet {
  const { to, protocol, sport = portOf(flow), port = 0 } = flow;
  const isEcho = protocol === 'icmp';
  const family = familyOf(to);
  return {
    source: flow.source ?? sourceOf(world, flow.from, to),
    destination: to,
    protocol: isEcho && family === 6 ? 'icmpv6' : protocol,
    sourcePort: isEcho ? 0 : sport,
    destinationPort: isEcho ? 0 : port,
    tcp: protocol === 'tcp' ? { syn: true, ack: false, rst: false, fin: false } : null,
    icmp: isEcho ? { type: family === 4 ? 8 : 128, code: 0, id: sport } : null,
    ...(protocol === 'sctp' ? { sctp: { tag: 0, chunks: [{ type: 'INIT', initiateTag: INITIATE_TAG }] } } : {}),
    size: protocol === 'tcp' ? HEADERS.tcp : (flow.size ?? HEADERS[protocol]),
    df: flow.df ?? true,
    ttl: 64,
    tos: 0,
    mark: 0,
  };
}
