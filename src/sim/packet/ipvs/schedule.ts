import { type IpvsServer, type IpvsService, ipvsMatchText } from '#facts/ipvs-service/ipvs-service';
import type { Stack } from '#dataplane/stack';
import { entryOf } from '#net/entry';
import type { Packet } from '../packet.ts';
import { placeText, type Run } from '../run.ts';
import { setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import { isAsRead, keptServer } from './connection.ts';

/** How a scheduler shares connections out over servers. */
type Shares = {
  /** A server's share; 0: never. */
  readonly of: (server: IpvsServer) => number;
  /** A hash of the client, or of what it asked for: that always comes to the same one. */
  readonly by?: 'client' | 'destination';
  /** The server with the fewest connections for this is the next; the shares are those among equals. */
  readonly fewestFor?: (server: IpvsServer) => number;
};

const isOpen = ({ weight }: IpvsServer): boolean => weight > 0;
const alike: Shares = { of: (server) => (isOpen(server) ? 1 : 0) };
const byWeight: Shares = { of: (server) => Math.max(0, server.weight) };

/**
 * The schedulers whose shares are known (net/netfilter/ipvs/ip_vs_rr.c, _wrr, _lc, _wlc, _sh, _mh, _dh); where one of them stands in its
 * list is not told, and the fewest connections are those that were read. Both hashes fill their tables with servers of weight 0
 * too, that of the destination without regard to weights, and then have none for who falls on them.
 */
const SCHEDULERS: Readonly<Record<string, Shares>> = {
  rr: alike,
  lc: { ...alike, fewestFor: () => 1 },
  wrr: byWeight,
  wlc: { ...byWeight, fewestFor: ({ weight }) => weight },
  sh: { of: ({ weight }) => Math.max(1, weight), by: 'client' },
  mh: { ...byWeight, by: 'client' },
  dh: { of: () => 1, by: 'destination' },
};

/** Whether a client's choice ends when its server takes nothing new; unless it is set, the client is led there all the same (ip_vs_check_template). */
const expiresQuiescent = (run: Run, stack: Stack): boolean =>
  isOn(run, stack, setting(stack, 'net.ipv4.vs.expire_quiescent_template'), 'a kept client may be led to a server of weight 0');

/** The real server for a new connection of a client (ip_vs_schedule); nothing where there is none. */
export function scheduled(run: Run, stack: Stack, service: IpvsService, packet: Packet): IpvsServer | undefined {
  const kept = service.persistentSeconds === null ? undefined : keptServer(stack, service, packet);
  // what is kept without a port of the virtual server is without one of the real one
  const own = service.servers.find(({ address, port }) => address === kept?.server && (kept.serverPort === 0 || port === kept.serverPort));
  if (own !== undefined && (isOpen(own) || !expiresQuiescent(run, stack))) return own;
  const shares = entryOf(SCHEDULERS, service.scheduler);
  const share = shares?.of ?? alike.of;
  const open = service.servers.filter((server) => share(server) > 0);
  const able = shares?.fewestFor !== undefined && isAsRead(run, stack) ? fewest(open, shares.fewestFor) : open;
  const [only] = able;
  if (able.length < 2) return only !== undefined && isOpen(only) ? only : undefined;
  const sum = able.reduce((total, server) => total + share(server), 0);
  const isKept = shares?.by !== undefined || service.persistentSeconds !== null;
  const client = isKept ? packet.source : `${packet.source}:${packet.sourcePort}`;
  const whom = shares?.by === 'destination' ? packet.destination : client;
  const detail = `how the scheduler ${service.scheduler} shares out is not modelled`;
  const picked = run.pick({
    at: `${placeText(stack)} ipvs ${ipvsMatchText(service.match)} ${service.scheduler} for ${whom}`,
    of: 'ipvs',
    scope: service.perPacket ? 'packet' : 'connection',
    ...(isKept ? { lasts: true } : {}),
    options: able.map((server) => ({
      name: `${server.address}:${server.port}`,
      probability: shares === undefined ? null : share(server) / sum,
    })),
    ...(shares === undefined
      ? {
          because: {
            gap: { of: 'ipvs-service', scope: stack.scope, why: 'not modelled', detail },
            by: [stack.cite('ipvs-service', service)],
          },
        }
      : {}),
  });
  const server = able[picked];
  return server !== undefined && isOpen(server) ? server : undefined;
}

/** The servers with the fewest connections by the counts that were read; all of them where some were not. */
function fewest(servers: readonly IpvsServer[], per: (server: IpvsServer) => number): readonly IpvsServer[] {
  let least: IpvsServer[] = [];
  for (const server of servers) {
    const own = overhead(server);
    const [first] = least;
    const lowest = first === undefined ? undefined : overhead(first);
    if (own === undefined) return servers;
    // multiplied crosswise, as the kernel compares
    const differs = first === undefined || lowest === undefined ? -1 : own * per(first) - lowest * per(server);
    if (differs < 0) least = [server];
    else if (differs === 0) least.push(server);
  }
  return least;
}

/** What the connections of a server weigh: an active one as much as 256 others (ip_vs_dest_conn_overhead). */
function overhead({ active, inactive }: IpvsServer): number | undefined {
  if (active === undefined || inactive === undefined || Number.isNaN(active) || Number.isNaN(inactive)) return undefined;
  return active * 256 + inactive;
}
