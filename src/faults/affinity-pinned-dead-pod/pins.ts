import type { IpvsServer, IpvsService } from '#facts/ipvs-service/ipvs-service';
import type { FactOf } from '#facts/kinds';

/** A client that a virtual server keeps at a real one which takes nothing new, and the entry that says so. */
export type Pin = { readonly service: IpvsService; readonly server: IpvsServer; readonly entry: FactOf<'ipvs-connection'> };

/** The entries without a client's port that lead to a server of weight 0 (net/netfilter/ipvs/ip_vs_core.c ip_vs_sched_persist). */
export function pinsOf(services: readonly IpvsService[], entries: readonly FactOf<'ipvs-connection'>[]): readonly Pin[] {
  const templates = entries.filter(({ clientPort, expiresSeconds }) => clientPort === 0 && expiresSeconds > 0);
  return services.flatMap((service) => {
    const { match } = service;
    if (match.by !== 'address') return [];
    const own = templates.filter(
      ({ protocol, virtual, virtualPort }) => protocol === match.protocol && virtual === match.address && virtualPort === match.port,
    );
    return own.flatMap((entry): readonly Pin[] => {
      const server = service.servers.find(({ address, port }) => address === entry.server && port === entry.serverPort);
      return server?.weight === 0 ? [{ service, server, entry }] : [];
    });
  });
}
