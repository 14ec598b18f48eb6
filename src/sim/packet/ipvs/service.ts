import type { IpvsServer, IpvsService } from '#facts/ipvs-service/ipvs-service';
import type { Stack } from '#dataplane/stack';
import { memoised } from '#dataplane/memo';
import { type Family, familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import type { Packet } from '../packet.ts';
import { kernelOf } from '../route/kernel.ts';
import { setting } from '../setting.ts';

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

/**
 * Whether IPVS looks at packets of a family: since Linux 5.9 while there are virtual servers of it (net/netfilter/ipvs/ip_vs_ctl.c
 * ip_vs_add_service, __ip_vs_del_service), before that also at those of connections whose virtual servers are all gone.
 */
export function hasIpvs(stack: Stack, family: Family): boolean {
  const services = servicesOf(stack);
  if (services !== null && ('why' in services || familiesOf(services).has(family))) return true;
  return !kernelOf(stack, [5, 9]) && stack.ipvsConnections.is === 'seen' && stack.ipvsConnections.table.requests.size > 0;
}

/** The families that virtual servers are of; which one a mark without servers is of no list tells. */
const familiesOf = memoised(
  (services: Services): ReadonlySet<Family> =>
    new Set(
      [...services.values()].flatMap(({ match, servers }): readonly Family[] => {
        if (match.by === 'address') return [familyOf(match.address)];
        return servers.length > 0 ? [match.family] : [4, 6];
      }),
    ),
);

/** The port of FTP's commands; its data comes to any that needs no privilege. */
export const FTP = 21;

/**
 * The virtual server that a packet is for: by its mark, else by its destination, else that of FTP, whose data it may be, else one for
 * all ports (ip_vs_service_find).
 */
export function serviceFor(stack: Stack, services: Services, packet: Packet): IpvsService | undefined {
  const { protocol, destination, destinationPort, mark } = packet;
  const at = (port: number): IpvsService | undefined => services.get(`${protocol} ${destination} ${port}`);
  const marked = mark === 0 ? undefined : services.get(`mark ${mark} IPv${familyOf(destination)}`);
  const own = marked ?? at(destinationPort);
  const isData = own === undefined && protocol === 'tcp' && (destinationPort === FTP_DATA || destinationPort >= firstUnprivileged(stack));
  return own ?? (isData ? at(FTP) : undefined) ?? at(0);
}

/** The port of FTP's data where the server opens the connection. */
export const FTP_DATA = 20;

/** The first port for which nobody needs a privilege (inet_port_requires_bind_service). */
function firstUnprivileged(stack: Stack): number {
  const asked = setting(stack, 'net.ipv4.ip_unprivileged_port_start');
  return asked.is === 'seen' ? asked.value : UNPRIVILEGED;
}

/** What it is unless somebody sets it. */
const UNPRIVILEGED = 1024;

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
export const serverOf = (services: Services | null, track: IpvsTrack): IpvsServer | undefined => holderOf(services, track)?.server;

/**
 * The port of a real server that takes what came for one of the virtual server's: its own, unless it has none; one that keeps clients
 * gives its own only to what came for its own, so what a mark chose and FTP's data keep theirs (ip_vs_schedule, ip_vs_sched_persist).
 */
export function portAt({ match, persistentSeconds }: IpvsService, { port }: IpvsServer, virtualPort: number): number {
  const isOwn = persistentSeconds === null || virtualPort === (match.by === 'mark' ? 0 : match.port);
  return port === 0 || !isOwn ? virtualPort : port;
}

/** The same with the virtual server that has it. */
export function holderOf(
  services: Services | null,
  { protocol, virtual, virtualPort, server, serverPort }: IpvsTrack,
): { readonly service: IpvsService; readonly server: IpvsServer } | undefined {
  const at = (port: number): IpvsService | undefined => services?.get(`${protocol} ${virtual} ${port}`);
  const own = at(virtualPort) ?? (protocol === 'tcp' ? at(FTP) : undefined) ?? at(0);
  // a mark may have chosen it, whatever else its address is for
  for (const service of own === undefined ? (services?.values() ?? []) : [own, ...(services?.values() ?? [])]) {
    if (service !== own && service.match.by !== 'mark') continue;
    const found = service.servers.find((one) => one.address === server && portAt(service, one, virtualPort) === serverPort);
    if (found !== undefined) return { service, server: found };
  }
  return undefined;
}
