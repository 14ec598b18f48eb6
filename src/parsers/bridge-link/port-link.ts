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
