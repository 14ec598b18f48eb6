import type { Partition } from '#facts/facts';
import type { IpvsConnection } from '#facts/ipvs-connection/ipvs-connection';
import { ipvsMatchText, type IpvsService } from '#facts/ipvs-service/ipvs-service';
import { memoised } from './memo.ts';

/** Virtual servers by what they match: `tcp 10.96.0.1 443`, `mark 1 IPv4`. */
export const ipvsServiceTable = memoised(
  (partition: Partition<'ipvs-service'>): ReadonlyMap<string, IpvsService> =>
    new Map(partition.facts.map((service) => [ipvsMatchText(service.match), service])),
);

/**
 * Captured connections of IPVS by what a client's packet carries, and by what a server's carries: of several that is the first one listed,
 * which came last (net/netfilter/ipvs/ip_vs_conn.c ip_vs_conn_hash, ip_vs_conn_out_get).
 */
export type IpvsConnections = {
  readonly requests: ReadonlyMap<string, IpvsConnection>;
  readonly answers: ReadonlyMap<string, IpvsConnection>;
};

/** How a packet's ends name its connection. */
export const ipvsKey = (protocol: string, source: string, sourcePort: number, destination: string, destinationPort: number): string =>
  `${protocol} ${source} ${sourcePort} ${destination} ${destinationPort}`;

export const ipvsConnectionTable = memoised(
  (partition: Partition<'ipvs-connection'>): IpvsConnections => ({
    requests: new Map(partition.facts.map((one) => [ipvsKey(one.protocol, one.client, one.clientPort, one.virtual, one.virtualPort), one])),
    answers: new Map(
      partition.facts
        .map((one) => [ipvsKey(one.protocol, one.server, one.serverPort, one.client, one.clientPort), one] as const)
        .toReversed(),
    ),
  }),
);
