import type { IpvsServer, IpvsService } from '#facts/ipvs-service/ipvs-service';
import { end, type Next, unknown } from '../next.ts';
import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import type { Stack } from '#dataplane/stack';
import type { Connection } from '../conntrack/connection.ts';
import type { FactRef } from '../outcome.ts';
import { kernelOf } from '../route/kernel.ts';
import type { Run } from '../run.ts';
import { setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';
import { untold } from '../untold.ts';
import { expire, isBalanced, keep, type Known, requested } from './connection.ts';
import { passOn } from './pass-on.ts';
import { quoted } from './quoted.ts';
import { scheduled } from './schedule.ts';
import { FTP, FTP_DATA, holderOf, methodOfServer, portAt, serviceFor, servicesOf } from './service.ts';
import { isOver, stateAfter } from './state.ts';
import { tunnelError } from './tunnel-error.ts';

const isSet = (run: Run, { stack }: Skb, name: string): boolean =>
  isOn(run, stack, setting(stack, `net.ipv4.vs.${name}`), 'what becomes of a connection of IPVS');

/** A client's packet at INPUT, or one of this namespace's own at OUTPUT (net/netfilter/ipvs/ip_vs_core.c ip_vs_in_hook). */
export function requests(run: Run, skb: Skb, hook: 'INPUT' | 'OUTPUT'): Skb | Next {
  const { packet, stack } = skb;
  if (skb.ipvs || (hook === 'INPUT' && skb.cast !== 'host')) return skb;
  const services = servicesOf(stack);
  if (services !== null && 'why' in services) return unknown(skb, services, [], skb.in?.name ?? null);
  const told = services === null || hook !== 'INPUT' ? undefined : tunnelError(run, skb, services);
  if (told !== undefined) return told;
  const found = packet.icmp !== null ? quoted(run, skb, 'requests') : isBalanced(packet) ? requested(run, stack, packet) : undefined;
  if (packet.icmp !== null) return found === undefined ? skb : passOn(run, skb, found.track, found.by);
  if (!isBalanced(packet)) return skb;
  const usable = found === undefined ? undefined : used(run, skb, found, holderOf(services, found.track));
  if (usable !== undefined && 'stage' in usable) return usable;
  if (usable !== undefined) return sent(run, skb, usable.track, usable.by);
  return services === null ? skb : opened(run, skb, services);
}

type Services = Exclude<ReturnType<typeof servicesOf>, null | { why: string }>;
type Holder = ReturnType<typeof holderOf>;

/** What becomes of a connection that is there: used, gone so that another may be made, or the packet's end. */
function used(run: Run, skb: Skb, known: Known, holder: Holder): Known | Next | undefined {
  const { stack } = skb;
  const { track } = known;
  const isResent = isAnew(run, skb, track, holder);
  if (!isResent && holder !== undefined) return known;
  const dropped = (says: string): Next => end(skb, { disposition: 'dropped', code: 'NETFILTER_DROP', says, by: known.by });
  const gone = `IPVS sends this connection to ${track.server}:${track.serverPort}, which ${track.virtual}:${track.virtualPort} no longer has`;
  if (!isResent && !isSet(run, skb, 'expire_nodest_conn')) return dropped(`${gone} (expire_nodest_conn is 0)`);
  expire(run, stack, track);
  const connection = skb.track?.connection ?? null;
  if (connection === null || !isHeld(run, stack, connection)) return undefined;
  // a connection that conntrack knows cannot be sent elsewhere: it goes with this packet, and the next one is scheduled anew
  if (connection.confirmed) run.forget(stack, connection);
  return dropped(isResent ? 'IPVS ends the old connection first' : `${gone}: it ends now`);
}

/** Whether a packet that opens a connection begins another in the place of one that is there (is_new_conn, is_new_conn_expected). */
function isAnew(run: Run, skb: Skb, { state }: IpvsTrack, holder: Holder): boolean {
  const { tcp, sctp } = skb.packet;
  if (tcp?.syn !== true && sctp?.chunks[0]?.type !== 'INIT') return false;
  const isQuiet = holder?.server.weight === 0 && isSet(run, skb, 'expire_nodest_conn');
  // one that a kept client's choice controls is taken up again
  const isDone = isOver(state) && holder?.service.persistentSeconds === null;
  if (isQuiet && kernelOf(skb.stack, [5, 16])) return true;
  if (!isQuiet && !isDone) return false;
  if (isSet(run, skb, 'conn_reuse_mode')) return true;
  return isQuiet && mended(run, skb.stack, 'Linux 5.16', 'a connection to a server of weight 0 ends though conn_reuse_mode is 0');
}

/** Whether conntrack holds a connection to its old server: once it is in the table, before Linux 5.9 from its first packet on (ip_vs_conn_uses_old_conntrack). */
const isHeld = (run: Run, stack: Stack, { confirmed }: Connection): boolean =>
  confirmed ||
  (!kernelOf(stack, [5, 9]) && !mended(run, stack, 'Linux 5.9', 'what conntrack sees for the first time is scheduled anew at once'));

/** Whether an older kernel does what a later one does: distributions took it over, and no version tells. */
const mended = (run: Run, stack: Stack, since: string, what: string): boolean =>
  untold(run, stack, {
    at: `ipvs of ${since}`,
    of: 'ipvs',
    options: ['as since then', 'as before'],
    detail: `whether ${what}, as since ${since}, is not told: distributions have taken it over`,
    missing: { of: 'host', why: 'not told' },
  }) === 0;

/** Schedules a packet that may open a connection (tcp_conn_schedule, udp_conn_schedule, sctp_conn_schedule). */
function opened(run: Run, skb: Skb, services: Services): Skb | Next {
  const { packet, stack } = skb;
  if (packet.tcp !== null && !packet.tcp.syn && !isSet(run, skb, 'sloppy_tcp')) return skb;
  const chunk = packet.sctp?.chunks[0]?.type ?? 'INIT';
  if (chunk === 'ABORT' || (chunk !== 'INIT' && !isSet(run, skb, 'sloppy_sctp'))) return skb;
  const service = serviceFor(stack, services, packet);
  if (service === undefined || packet.sourcePort === FTP_DATA || isAnswerOfOwn(run, skb)) return skb;
  // other ports than that of its commands are led only where the client keeps its server (ip_vs_leave)
  const isData = service.match.by === 'address' && service.match.port === FTP && packet.destinationPort !== FTP;
  if (isData && service.persistentSeconds === null) return skb;
  const by = [stack.cite('ipvs-service', service)];
  const server = scheduled(run, stack, service, packet);
  if (server === undefined && isData) return skb;
  if (server === undefined) {
    const says = `no real server of ${packet.destination}:${packet.destinationPort} takes connections (IPVS)`;
    return end(skb, { disposition: 'rejected', code: 'NETFILTER_DROP', says, by, error: { type: 3, code: 3 } });
  }
  return sent(run, skb, trackOf(skb, service, server), by, service);
}

/** A reply of a server on this very node is none to schedule. */
function isAnswerOfOwn(run: Run, { packet, stack, in: device }: Skb): boolean {
  if (device !== null && device.name !== 'lo') return false;
  const { source, sourcePort, destination, destinationPort } = packet;
  const turned = { ...packet, source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort };
  return requested(run, stack, turned) !== undefined;
}

const trackOf = ({ packet }: Skb, service: IpvsService, server: IpvsServer): IpvsTrack => ({
  protocol: packet.protocol,
  client: packet.source,
  clientPort: packet.sourcePort,
  virtual: packet.destination,
  virtualPort: packet.destinationPort,
  server: server.address,
  serverPort: portAt(service, server, packet.destinationPort),
  state: 'NONE',
  ...methodOfServer(server),
});

/** Passes a packet of a connection on to its server. */
function sent(run: Run, skb: Skb, track: IpvsTrack, by: readonly FactRef[], service?: IpvsService): Skb | Next {
  const { tcp } = skb.packet;
  const now = tcp === null ? track : { ...track, state: stateAfter(track, tcp, 'request') };
  if (service?.perPacket !== true) keep(run, skb.stack, now);
  return passOn(run, skb, now, by);
}
