import { ECHO_PORT } from '../probe/probe.ts';
import { type Closing, listenEcho, listenTcp, listenUdp } from '../probe/servers.ts';
import { respond, zoneOf } from '../stand-ins/dns/responder.ts';
import type { Cluster } from '../vocabulary.ts';
import { type Holders, locate, netnsPath } from './place.ts';

/** Starts what pods and the API server's machine listen with; this one process answers for all of them. */
export function startServices(cluster: Cluster, holders: Holders): Closing {
  const pods = cluster.nodes.flatMap((node) => node.pods);
  const netnsOf = (pod: string): string => netnsPath(locate({ pod }, cluster, holders));
  const running = [
    ...pods.map(({ name }) => listenEcho(netnsOf(name), ECHO_PORT)),
    ...cluster.services.filter(({ targetPort }) => targetPort === 6443).map(({ targetPort }) => apiServer(cluster, holders, targetPort)),
    ...dnsServers(cluster, netnsOf),
  ];
  return {
    close: () => {
      for (const one of running) one.close();
    },
  };
}

/** Something that accepts where the API server would be. */
const apiServer = (cluster: Cluster, holders: Holders, port: number): Closing =>
  listenTcp(netnsPath(locate('etcd', cluster, holders)), '0.0.0.0', port, (connection) => connection.pipe(connection));

function dnsServers(cluster: Cluster, netnsOf: (pod: string) => string): readonly Closing[] {
  const zone = zoneOf(cluster);
  const pods = cluster.nodes.flatMap((node) => node.pods);
  return cluster.services
    .filter(({ targetPort }) => targetPort === 53)
    .flatMap(({ protocol, endpoints }) =>
      pods
        .filter(({ address }) => endpoints.includes(address))
        .map(({ name }) =>
          protocol === 'udp'
            ? listenUdp(netnsOf(name), '0.0.0.0', 53, (query) => respond(zone, query))
            : listenTcp(netnsOf(name), '0.0.0.0', 53, (connection) => {
                // One query for each segment is all that the lab's own clients send.
                connection.on('data', (bytes: Buffer) => {
                  const response = respond(zone, bytes.subarray(2));
                  if (response !== undefined)
                    connection.write(Buffer.concat([Buffer.from([response.length >> 8, response.length & 255]), response]));
                });
              }),
        ),
    );
}
