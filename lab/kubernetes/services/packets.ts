import type { Packet, Protocol } from '../../conform/draw/packet.ts';
import type { Dice } from '../../draw/dice.ts';
import type { Site } from '../site.ts';
import type { Programmed } from './program.ts';

/** A packet with what it is aimed at, in words. */
export type Aimed = { readonly packet: Packet; readonly aim: string };

/** Somewhere that a Service may answer. */
type Front = { readonly address: string; readonly port: number; readonly protocol: Protocol; readonly aim: string };

/** Somewhere that a packet may come from. */
type Sender = { readonly from: string; readonly addresses: readonly string[] };

const PROTOCOLS: Readonly<Record<string, Protocol>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };
const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4);

/** Every place where a Service is, or is not, to be found. */
function frontsOf({ name, clusterIps, externalIps, balancerIps, healthPort, ports }: Programmed, site: Site): readonly Front[] {
  const nodes = site.nodes.flatMap(({ addresses, number }) => [...addresses, `10.20.0.${number}`]);
  const of = (what: string, addresses: readonly string[], port: number, protocol: Protocol): readonly Front[] =>
    addresses.map((address) => ({ address, port, protocol, aim: `${what} of ${name}` }));
  const own = ports.flatMap(({ protocol, port, nodePort }) => {
    const kind = PROTOCOLS[protocol] ?? 'tcp';
    return [
      ...of('cluster IP', clusterIps, port, kind),
      ...of('another port of the cluster IP', clusterIps, port + 1, kind),
      ...of('external IP', externalIps, port, kind),
      ...of('load balancer', balancerIps, port, kind),
      ...(nodePort === undefined ? [] : of('node port', nodes, nodePort, kind)),
    ];
  });
  return [...own, ...(healthPort === undefined ? [] : of('health check port', nodes, healthPort, 'tcp'))];
}

/** Pods, the nodes themselves, and the client by either node. */
const sendersOf = ({ nodes, client }: Site): readonly Sender[] => [
  ...nodes.flatMap(({ pods }) => pods.map(({ name, addresses }) => ({ from: name, addresses }))),
  ...nodes.map(({ name, addresses }) => ({ from: name, addresses })),
  ...client.map(({ addresses }) => ({ from: 'c', addresses })),
  ...client.map(({ addresses }) => ({ from: 'c', addresses })),
];

const FIRST_PORT = 20_000;

/** Draws packets to Services; each begins a connection of its own. */
export function drawPackets(dice: Dice, services: readonly Programmed[], site: Site, count: number): readonly Aimed[] {
  const fronts = services.flatMap((service) => frontsOf(service, site));
  const senders = sendersOf(site);
  return Array.from({ length: count }, (_, at): Aimed => {
    const { address, port, protocol, aim } = dice.pick(fronts);
    const sender = dice.pick(senders);
    const source = dice.pick(sender.addresses.filter((one) => familyOf(one) === familyOf(address)));
    const ports = { sport: FIRST_PORT + at, dport: port };
    const flags = protocol === 'tcp' ? { flags: 'S' } : {};
    return { packet: { from: sender.from, through: 'raw', source, destination: address, protocol, ...ports, ...flags }, aim };
  });
}
