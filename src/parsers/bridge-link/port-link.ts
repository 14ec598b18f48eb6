import type { FactOf } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';

type Link = FactOf<'link'>;

/** A device of which only little is told. */
export const bareLink = (name: string, origin: Origin): Link => ({
  name,
  index: undefined,
  type: undefined,
  mac: undefined,
  mtu: undefined,
  up: undefined,
  carrier: undefined,
  operState: undefined,
  noArp: undefined,
  promiscuous: undefined,
  master: undefined,
  peerIndex: undefined,
  peerNsid: undefined,
  peerName: undefined,
  vxlan: undefined,
  bridge: undefined,
  port: undefined,
  gsoMaxSegs: undefined,
  origin,
});

/** What the flags of a device say. */
export const flagFields = (flags: readonly string[]): Pick<Link, 'up' | 'carrier' | 'noArp' | 'promiscuous'> => ({
  up: flags.includes('UP'),
  carrier: flags.includes('LOWER_UP'),
  noArp: flags.includes('NOARP'),
  promiscuous: flags.includes('PROMISC'),
});

/**
 * The ports, and the bridges that they are ports of: no other master's ports are listed
 * (net/core/rtnetlink.c rtnl_bridge_getlink, net/bridge/br_netlink.c br_getlink).
 */
export function withBridges(ports: readonly Link[]): readonly Link[] {
  const first = new Map<string, Link>();
  for (const port of ports) if (typeof port.master === 'string' && !first.has(port.master)) first.set(port.master, port);
  return [...ports, ...[...first].map(([name, { origin }]): Link => ({ ...bareLink(name, origin), type: 'bridge' }))];
}
