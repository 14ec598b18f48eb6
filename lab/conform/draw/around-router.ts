import type { Bound, Device, Namespace } from './layout.ts';
import type { Line } from './rule.ts';

/** The end of a router's network of that number, with these hosts' addresses of both families. */
export const end = (name: string, net: number, hosts: readonly number[] = [2]): Namespace => ({
  name,
  role: 'end',
  devices: [
    {
      name: 'e0',
      mac: `02:00:00:00:0${net}:02`,
      addresses: [...hosts.map((host) => `10.${net}.0.${host}/24`), ...hosts.map((host) => `fd00:${net}::${host}/64`)],
      peer: { namespace: 'r', device: `r${net}` },
    },
  ],
  listens: { udp: [53, 8080], tcp: [80], bound: bound(net, 2) },
});

/** Sockets that rules can tell from others: of one address, transparent ones with a mark, both. */
export const bound = (net: number, host: number): readonly Bound[] =>
  [
    { own: `10.${net}.0.${host}`, all: '0.0.0.0' },
    { own: `fd00:${net}::${host}`, all: '::' },
  ].flatMap(({ own, all }): readonly Bound[] => [
    { address: own, port: 53 },
    { address: all, port: 443, transparent: true, mark: 4 },
    { address: own, port: 9090, transparent: true, mark: 2 },
    { protocol: 'tcp', address: all, port: 443, transparent: true },
  ]);

/** Sockets of a router for what comes in by one of its devices, for IPv6 alone, and one for both families. */
export const choosy = (device: string, other: string): readonly Bound[] => [
  { address: '0.0.0.0', port: 8080, device },
  { address: '::', port: 8080, device: other },
  { address: '::', port: 80, both: true },
  { address: '::', port: 30080 },
  { address: '0.0.0.0', port: 30080, device: 'lo' },
];

/** The router's device in that network. */
export const port = (net: number): Device => ({
  name: `r${net}`,
  mac: `02:00:00:00:0${net}:01`,
  addresses: [`10.${net}.0.1/24`, `fd00:${net}::1/64`],
});

/** Ends of the networks 1, 2 … send everything to the router. */
export const defaultRoutes = (ends: readonly Pick<Namespace, 'name'>[]): readonly Line[] =>
  ends.flatMap(({ name }, at) => [
    { in: name, run: `ip route add default via 10.${at + 1}.0.1` },
    { in: name, run: `ip -6 route add default via fd00:${at + 1}::1` },
  ]);

/** Hosts that no namespace is, behind the ends of the router's networks: what is sent to them from there is not waited for. */
export const strangers = (...nets: readonly number[]): readonly Line[] =>
  nets.map((net) => ({ in: 'r', run: `ip neigh replace 10.${net}.0.9 lladdr 02:00:00:00:0${net}:02 dev r${net} nud permanent` }));
