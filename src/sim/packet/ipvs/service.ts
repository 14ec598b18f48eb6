import type { IpvsServer, IpvsService } from '#facts/ipvs-service/ipvs-service';
import type { Stack } from '#dataplane/stack';
import { familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import type { Packet } from '../packet.ts';

type Services = ReadonlyMap<string, IpvsService>;

/** The virtual servers of a namespace; `null` where it has none, a gap where it may have some that were not read. */
export function servicesOf(stack: Stack): Services | null | Gap {
  const { ipvsServices } = stack;
  if (ipvsServices.is === 'seen') {
    const { table, complete } = ipvsServices;
    // one that is not in the list may be virtual all the same
    if (!complete)
      return { of: 'ipvs-service', scope: stack.scope, why: 'unreadable', detail: 'the virtual servers were read only in part' };
    return table.size === 0 ? null : table;
  }
  // its settings are there once the kernel has it; kube-proxy's device is a sign of virtual servers
  return stack.link('kube-ipvs0') === undefined || isNotLoaded(stack) ? null : ipvsServices.gap;
}

/** All settings were read, and none is of IPVS: its module makes them when it is loaded (ip_vs_control_net_init_sysctl). */
const isNotLoaded = ({ sysctls }: Stack): boolean =>
  sysctls.is === 'seen' && sysctls.complete && sysctls.table.has(ALWAYS) && !sysctls.table.has('net.ipv4.vs.conntrack');

const ALWAYS = 'net.ipv4.ip_forward';

/** Whether a namespace may have virtual servers, or connections of some that are gone. */
export const hasIpvs = (stack: Stack): boolean =>
  servicesOf(stack) !== null || (stack.ipvsConnections.is === 'seen' && stack.ipvsConnections.table.requests.size > 0);

/** The virtual server that a packet is for: by its mark, else by its destination, else one for all ports (ip_vs_service_find). */
export function serviceFor(services: Services, packet: Packet): IpvsService | undefined {
  const { protocol, destination, destinationPort, mark } = packet;
  const marked = mark === 0 ? undefined : services.get(`mark ${mark} IPv${familyOf(destination)}`);
  return marked ?? services.get(`${protocol} ${destination} ${destinationPort}`) ?? services.get(`${protocol} ${destination} 0`);
}

/** How a real server gets packets, where that is not by rewriting them. */
export const methodOfServer = ({ forward }: IpvsServer): Pick<IpvsTrack, 'forward'> => (forward === 'masq' ? {} : { forward });

/** The same of a captured connection, which does not tell it: as its server has it, and one that is gone as those that are left (ip_vs_bind_dest). */
export function methodOf(services: Services, track: IpvsTrack): Pick<IpvsTrack, 'forward'> {
  const server = serverOf(services, track) ?? services.get(`${track.protocol} ${track.virtual} ${track.virtualPort}`)?.servers[0];
  return server === undefined ? {} : methodOfServer(server);
}

/**
 * A connection's real server where its virtual server still has it (IP_VS_DEST_F_AVAILABLE). One without a port of its own keeps the one
 * that the client asked for (net/netfilter/ipvs/ip_vs_core.c ip_vs_schedule): a connection to another port is not its.
 */
export function serverOf(
  services: Services | null,
  { protocol, virtual, virtualPort, server, serverPort }: IpvsTrack,
): IpvsServer | undefined {
  const isIt = ({ address, port }: IpvsServer): boolean => address === server && (port === 0 ? virtualPort : port) === serverPort;
  const own = services?.get(`${protocol} ${virtual} ${virtualPort}`) ?? services?.get(`${protocol} ${virtual} 0`);
  const listed = own?.servers.find(isIt);
  if (listed !== undefined) return listed;
  // a mark may have chosen it, whatever else its address is for
  for (const service of services?.values() ?? []) {
    const found = service.match.by === 'mark' ? service.servers.find(isIt) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
