import { ipvsKey } from '#dataplane/ipvs';
import type { Stack } from '#dataplane/stack';
import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import type { IpvsMatch, IpvsService } from '#facts/ipvs-service/ipvs-service';
import { fromBits, type Ip } from '#net/ip';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { FTP, methodOf, servicesOf } from './service.ts';

/** A connection of IPVS with where it was read, for one that the capture shows. */
export type Known = { readonly track: IpvsTrack; readonly by: readonly FactRef[] };

/** The protocols that IPVS balances by ports (ip_vs_proto_get). */
export const isBalanced = ({ protocol, icmp }: Packet): boolean =>
  icmp === null && (protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp');

const placeOf = (stack: Stack, key: string): string => `${stack.key} ${key}`;

export const requestKey = ({ protocol, client, clientPort, virtual, virtualPort }: IpvsTrack): string =>
  ipvsKey(protocol, client, clientPort, virtual, virtualPort);

const answerKey = ({ protocol, client, clientPort, server, serverPort }: IpvsTrack): string =>
  ipvsKey(protocol, server, serverPort, client, clientPort);

const keyOf = ({ protocol, source, sourcePort, destination, destinationPort }: Packet): string =>
  ipvsKey(protocol, source, sourcePort, destination, destinationPort);

/** The connection that a client's packet belongs to (ip_vs_conn_in_get). */
export const requested = (run: Run, stack: Stack, packet: Packet): Known | undefined => find(run, stack, 'requests', keyOf(packet));

/** A packet with its ends exchanged. */
export const turned = (packet: Packet): Packet => ({
  ...packet,
  source: packet.destination,
  sourcePort: packet.destinationPort,
  destination: packet.source,
  destinationPort: packet.sourcePort,
});

/** The connection that a real server's packet belongs to: one that gets packets as they are answers as the virtual server (ip_vs_conn_out_get). */
export function answered(run: Run, stack: Stack, packet: Packet): Known | undefined {
  const found = find(run, stack, 'answers', keyOf(packet));
  if (found !== undefined && found.track.forward === undefined) return found;
  const own = requested(run, stack, turned(packet));
  return own?.track.forward === undefined ? undefined : own;
}

function find(run: Run, stack: Stack, way: 'requests' | 'answers', key: string): Known | undefined {
  const noted = run.notes.ipvs(placeOf(stack, `${way} ${key}`));
  if (noted !== undefined) return noted === null ? undefined : { track: noted, by: [] };
  const { ipvsConnections } = stack;
  const captured = ipvsConnections.is === 'seen' ? ipvsConnections.table[way].get(key) : undefined;
  if (captured === undefined || captured.expiresSeconds * 1000 < run.at) return undefined;
  const services = servicesOf(stack);
  const method = services === null || 'why' in services ? {} : methodOf(services, captured);
  return { track: { ...captured, ...method }, by: [stack.cite('ipvs-connection', captured)] };
}

/**
 * The server that a persistent client keeps, where the capture shows it: an entry without a client's port, for a virtual server of all
 * ports and for FTP without the virtual one, for a mark with that in the address's place (ip_vs_sched_persist, ip_vs_ct_in_get).
 */
export function keptServer(stack: Stack, { match }: IpvsService, packet: Packet): IpvsTrack | undefined {
  const { ipvsConnections } = stack;
  if (ipvsConnections.is === 'gap') return undefined;
  const { protocol, source, destination, destinationPort } = packet;
  const key =
    match.by === 'mark'
      ? ipvsKey('ip', source, 0, markAddress(match), 0)
      : ipvsKey(protocol, source, 0, destination, match.port === destinationPort && match.port !== FTP ? destinationPort : 0);
  return ipvsConnections.table.requests.get(key);
}

/** A mark written as the address that it stands for (`union nf_inet_addr fwmark`). */
const markAddress = ({ mark, family }: Extract<IpvsMatch, { by: 'mark' }>): Ip =>
  fromBits(family === 4 ? BigInt(mark) : BigInt(mark) << 96n, family);

/** Whether IPVS has still the connections that were counted at the reading: none came, and none was forgotten. */
export function isAsRead(run: Run, stack: Stack): boolean {
  if (run.notes.hasIpvs(placeOf(stack, ''))) return false;
  const { ipvsConnections } = stack;
  if (run.at === 0) return true;
  return ipvsConnections.is === 'seen' && [...ipvsConnections.table.requests.values()].every((one) => one.expiresSeconds * 1000 > run.at);
}

/** Puts a connection into the table, or what became of it. */
export function keep(run: Run, stack: Stack, track: IpvsTrack): void {
  run.notes.keepIpvs(placeOf(stack, `requests ${requestKey(track)}`), track);
  run.notes.keepIpvs(placeOf(stack, `answers ${answerKey(track)}`), track);
}

/** Takes one out (ip_vs_conn_expire_now). */
export function expire(run: Run, stack: Stack, track: IpvsTrack): void {
  run.notes.keepIpvs(placeOf(stack, `requests ${requestKey(track)}`), null);
  run.notes.keepIpvs(placeOf(stack, `answers ${answerKey(track)}`), null);
}
