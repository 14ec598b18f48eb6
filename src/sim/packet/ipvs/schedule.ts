import { type IpvsServer, type IpvsService, ipvsMatchText } from '#facts/ipvs-service/ipvs-service';
import type { Stack } from '#dataplane/stack';
import type { Packet } from '../packet.ts';
import { placeText, type Run } from '../run.ts';
import { keptServer } from './connection.ts';

/** How a scheduler shares connections out over servers. */
type Shares = {
  /** A server's share; 0: never. */
  readonly of: (server: IpvsServer) => number;
  /** A hash of the client: it always comes to the same one. */
  readonly byClient?: true;
};

const isOpen = ({ weight }: IpvsServer): boolean => weight > 0;
const alike: Shares = { of: (server) => (isOpen(server) ? 1 : 0) };
const byWeight: Shares = { of: (server) => Math.max(0, server.weight) };

/**
 * The schedulers whose shares are known (net/netfilter/ipvs/ip_vs_rr.c, _wrr, _lc, _wlc, _sh, _mh); where one of them stands in its
 * list is not told. The source hash fills its table with servers of weight 0 too, and then has none for who falls on them.
 */
const SCHEDULERS: Readonly<Record<string, Shares>> = {
  rr: alike,
  lc: alike,
  wrr: byWeight,
  wlc: byWeight,
  sh: { of: ({ weight }) => Math.max(1, weight), byClient: true },
  mh: { ...byWeight, byClient: true },
};

/** The real server for a new connection of a client (ip_vs_schedule); nothing where there is none. */
export function scheduled(run: Run, stack: Stack, service: IpvsService, packet: Packet): IpvsServer | undefined {
  const kept = service.persistentSeconds === null ? undefined : keptServer(stack, packet);
  const own = service.servers.find(({ address, port }) => address === kept?.server && port === kept.serverPort);
  if (own !== undefined && isOpen(own)) return own;
  const shares = SCHEDULERS[service.scheduler];
  const share = shares?.of ?? alike.of;
  const able = service.servers.filter((server) => share(server) > 0);
  const [only] = able;
  if (able.length < 2) return only !== undefined && isOpen(only) ? only : undefined;
  const sum = able.reduce((total, server) => total + share(server), 0);
  const isKept = shares?.byClient === true || service.persistentSeconds !== null;
  const client = isKept ? packet.source : `${packet.source}:${packet.sourcePort}`;
  const detail = `how the scheduler ${service.scheduler} shares out is not modelled`;
  const picked = run.pick({
    at: `${placeText(stack)} ipvs ${ipvsMatchText(service.match)} ${service.scheduler} for ${client}`,
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
