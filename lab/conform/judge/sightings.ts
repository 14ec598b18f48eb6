import type { Chunk, Packet } from '../draw/packet.ts';
import { CHUNKS } from '../stage/chunks.ts';
import type { Header, Seen } from '../stage/wire.ts';
import type { ModelHeader, ModelWalk } from '../stage/model.ts';

/** One namespace on a packet's way: the device it came in by and the one it left by. */
export type Visit = { readonly namespace: string; readonly in: string | null; readonly out: string | null; readonly left: Header | null };

/** What was seen of one packet, or of one answer to it. */
export type Sighted = {
  readonly look: string;
  readonly visits: readonly Visit[];
  /** The sockets that took it. */
  readonly taken: readonly Seen[];
  /** Its last sighting on a device. */
  readonly last: Seen | undefined;
};

const FLAGS = 0x17; // FIN, SYN, RST, ACK
const SYN = 2;
const ACK = 16;
const RST = 4;
const FIN = 1;
const UDP = 17;
const SCTP = 132;

/** Ports of VXLAN's packets. */
export const TUNNEL_PORTS: readonly number[] = [8472, 4789];
/** An error about a tunnel's packet is none about what that carries. To a tunnel's port anything may go, and NAT rewrites it. */
const aboutTunnel = (isTunnel: boolean): string => (isTunnel ? ' about a tunnel' : '');

/** What is looked at. */
type Looked = Pick<Header, 'protocol' | 'dport' | 'flags' | 'chunk' | 'type' | 'code'> & {
  readonly inner?: Looked;
  readonly about?: Looked;
};

/** What tells a packet from the answers to it: protocol, TCP's flags, SCTP's first chunk, ICMP's type and code. */
export function lookOf({ protocol, flags = 0, chunk = 0, type, code, inner, about }: Looked): string {
  if (inner !== undefined) return lookOf(inner);
  if (protocol === 1 || protocol === 58)
    return `icmp ${type ?? 0}/${code ?? 0}${aboutTunnel(about?.protocol === UDP && about.inner !== undefined)}`;
  if (protocol === SCTP) return sctpLook(chunk);
  return protocol === 6 ? `tcp ${flags & FLAGS}` : `${protocol}`;
}

const sctpLook = (chunk: number): string => `sctp ${chunk}`;
const firstOf = (chunks: readonly string[] = []): Chunk => (chunks[0]?.split(':')[0] ?? 'INIT') as Chunk; // drawn ones and the model's are named alike

const NUMBERS: Readonly<Record<string, string>> = { udp: '17', ipip: '4', ipencap: '4', ipv6: '41', gre: '47', esp: '50', ah: '51' };

/** A way of the model with the same of its packet. */
type Told = { readonly walk: ModelWalk; readonly look: string };

/** The ways of an outcome with their looks: an error is about a tunnel where what it answers ended around one. */
export const looked = (walks: readonly ModelWalk[]): readonly Told[] =>
  walks.map((walk, at) => ({ walk, look: modelLook(walk.packet, isVxlan(walks[at - 1]?.outer)) })).reduce(inOneWay, []);

/** What is told on where it arrived, as IPVS tells errors about its tunnels, looks like one packet that went through. */
function inOneWay(told: readonly Told[], { walk, look }: Told): readonly Told[] {
  const [before, first] = [told.at(-1), walk.path[0]];
  const end = before?.walk.path.at(-1);
  if (before?.look !== look || end === undefined || first === undefined || end[0] !== first[0] || end[2] !== null || first[1] !== null)
    return [...told, { walk, look }];
  const [namespace, , out, left] = first;
  const through: ModelWalk['path'][number] = left === undefined ? [namespace, end[1], out] : [namespace, end[1], out, left];
  const path = [...before.walk.path.slice(0, -1), through, ...walk.path.slice(1)];
  return [...told.slice(0, -1), { walk: { ...walk, path }, look }];
}

const isVxlan = (outer: ModelHeader | undefined): boolean =>
  outer?.protocol === 'udp' && outer.dport !== undefined && TUNNEL_PORTS.includes(outer.dport);

/** The same of a packet as the model tells it. */
function modelLook({ protocol, icmp, tcp, sctp }: ModelHeader, isAboutTunnel: boolean): string {
  if (icmp !== undefined) return `icmp ${icmp.type}/${icmp.code}${aboutTunnel(isAboutTunnel)}`;
  if (protocol === 'sctp') return sctpLook(CHUNKS[firstOf(sctp)]);
  if (tcp === undefined) return NUMBERS[protocol] ?? protocol;
  const bits = { syn: SYN, ack: ACK, rst: RST, fin: FIN } as const;
  return `tcp ${tcp.reduce((sum, name) => sum | (bits[name as keyof typeof bits] ?? 0), 0)}`;
}

/** The same of a packet as it is sent. */
export function sentLook({ protocol, flags = 'S', chunks, icmp }: Packet): string {
  if (icmp !== undefined) return `icmp ${icmp.type}/${icmp.code}`;
  if (protocol === 'sctp') return sctpLook(CHUNKS[firstOf(chunks)]);
  const bits = { S: SYN, A: ACK, R: RST, F: FIN } as const;
  return protocol === 'tcp'
    ? `tcp ${[...flags].reduce((sum, one) => sum | (bits[one as keyof typeof bits] ?? 0), 0)}`
    : (NUMBERS[protocol] ?? protocol);
}

/** What was seen with one packet's number, parted into the packet and the answers to it; lo is told by the rules' counters alone. */
export function sighted(seen: readonly Seen[]): readonly Sighted[] {
  return [
    ...Map.groupBy(
      seen.filter(({ device }) => device !== 'lo'),
      ({ header }) => lookOf(header),
    ),
  ].map(([look, all]) => {
    const taps = all.filter(({ how }) => how !== 'socket');
    return { look, visits: visitsOf(taps), taken: all.filter(({ how }) => how === 'socket'), last: taps.at(-1) };
  });
}

/** Sightings in a row in one namespace are one visit, until it comes in again after it left. */
function visitsOf(seen: readonly Seen[]): readonly Visit[] {
  const visits: { namespace: string; in: string | null; out: string | null; left: Header | null }[] = [];
  for (const { in: namespace, device, how, header } of seen) {
    const isOut = how === 'out';
    const open = visits.at(-1);
    const continues = open !== undefined && open.namespace === namespace && (isOut || open.out === null);
    if (!continues) visits.push({ namespace, in: isOut ? null : device, out: isOut ? device : null, left: isOut ? header : null });
    else if (isOut) Object.assign(open, { out: device, left: header });
  }
  return visits;
}
