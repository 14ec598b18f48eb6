import type { IpvsServer, IpvsService } from '#facts/ipvs-service/ipvs-service';
import { end, type Next, unknown } from '../next.ts';
import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import type { FactRef } from '../outcome.ts';
import type { Run } from '../run.ts';
import { setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';
import { expire, isBalanced, keep, type Known, requested } from './connection.ts';
import { passOn } from './pass-on.ts';
import { quoted } from './quoted.ts';
import { scheduled } from './schedule.ts';
import { methodOfServer, serverOf, serviceFor, servicesOf } from './service.ts';
import { isOver, stateAfter } from './state.ts';
import { tunnelError } from './tunnel-error.ts';

const FTP_DATA = 20;

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
  const usable = found === undefined ? undefined : used(run, skb, found, services === null ? undefined : serverOf(services, found.track));
  if (usable !== undefined && 'stage' in usable) return usable;
  if (usable !== undefined) return sent(run, skb, usable.track, usable.by);
  return services === null ? skb : opened(run, skb, services);
}

type Services = Exclude<ReturnType<typeof servicesOf>, null | { why: string }>;

/** What becomes of a connection that is there: used, gone so that another may be made, or the packet's end. */
function used(run: Run, skb: Skb, known: Known, server: IpvsServer | undefined): Known | Next | undefined {
  const { packet, stack } = skb;
  const { track } = known;
  const expiresDead = (): boolean => isSet(run, skb, 'expire_nodest_conn');
  const isNew = packet.tcp?.syn === true;
  const isResent = isNew && ((server?.weight === 0 && expiresDead()) || (isOver(track.state) && isSet(run, skb, 'conn_reuse_mode')));
  if (!isResent && server !== undefined) return known;
  const dropped = (says: string): Next => end(skb, { disposition: 'dropped', code: 'NETFILTER_DROP', says, by: known.by });
  const gone = `IPVS sends this connection to ${track.server}:${track.serverPort}, which ${track.virtual}:${track.virtualPort} no longer has`;
  if (!isResent && !expiresDead()) return dropped(`${gone} (expire_nodest_conn is 0)`);
  expire(run, stack, track);
  // a connection that conntrack knows cannot be sent elsewhere: this packet is dropped, the next one is scheduled anew
  if (skb.track?.connection?.confirmed === true) return dropped(isResent ? 'IPVS ends the old connection first' : `${gone}: it ends now`);
  return undefined;
}

/** Schedules a packet that may open a connection (tcp_conn_schedule, udp_conn_schedule, sctp_conn_schedule). */
function opened(run: Run, skb: Skb, services: Services): Skb | Next {
  const { packet, stack } = skb;
  if (packet.tcp !== null && !packet.tcp.syn && !isSet(run, skb, 'sloppy_tcp')) return skb;
  const chunk = packet.sctp?.chunks[0]?.type ?? 'INIT';
  if (chunk === 'ABORT' || (chunk !== 'INIT' && !isSet(run, skb, 'sloppy_sctp'))) return skb;
  const service = serviceFor(services, packet);
  if (service === undefined || packet.sourcePort === FTP_DATA || isAnswerOfOwn(run, skb)) return skb;
  const by = [stack.cite('ipvs-service', service)];
  const server = scheduled(run, stack, service, packet);
  if (server === undefined) {
    const says = `no real server of ${packet.destination}:${packet.destinationPort} takes connections (IPVS)`;
    return end(skb, { disposition: 'rejected', code: 'NETFILTER_DROP', says, by, error: { type: 3, code: 3 } });
  }
  return sent(run, skb, trackOf(skb, server), by, service);
}

/** A reply of a server on this very node is none to schedule. */
function isAnswerOfOwn(run: Run, { packet, stack, in: device }: Skb): boolean {
  if (device !== null && device.name !== 'lo') return false;
  const { source, sourcePort, destination, destinationPort } = packet;
  const turned = { ...packet, source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort };
  return requested(run, stack, turned) !== undefined;
}

const trackOf = ({ packet }: Skb, server: IpvsServer): IpvsTrack => ({
  protocol: packet.protocol,
  client: packet.source,
  clientPort: packet.sourcePort,
  virtual: packet.destination,
  virtualPort: packet.destinationPort,
  server: server.address,
  serverPort: server.port === 0 ? packet.destinationPort : server.port,
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
