import type { NodeIdentity, PodIdentity } from './identity.ts';

/** Puts other names in the place of those that a text holds. */
export type Renaming = (text: string) => string;

type Pair = readonly [from: string, to: string];

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** All names at once, the longer first; an address is none where it goes on with another digit. */
export function renaming(pairs: readonly Pair[]): Renaming {
  const names = new Map(pairs);
  const sorted = [...names.keys()].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(
    sorted.map((name) => (/^[\d.]*\d$/.test(name) ? `(?<![\\w.])${escaped(name)}(?!\\d)` : escaped(name))).join('|'),
    'g',
  );
  return (text) => text.replace(pattern, (name) => names.get(name) ?? name);
}

/** The names of a node but for those of its pods. */
export const nodePairs = (from: NodeIdentity, to: NodeIdentity): readonly Pair[] => [
  [from.address, to.address],
  [from.subnet, to.subnet],
  [from.uplinkMac, to.uplinkMac],
  [from.bridgeMac, to.bridgeMac],
  [from.vtepMac, to.vtepMac],
  [`nodes/${from.name}/`, `nodes/${to.name}/`],
];

/** The names of a pod; numbers only where a key says what they are. */
export const podPairs = (from: PodIdentity, to: PodIdentity): readonly Pair[] => [
  [from.netns, to.netns],
  [from.inode, to.inode],
  [from.address, to.address],
  [from.mac, to.mac],
  [from.veth, to.veth],
  [from.vethMac, to.vethMac],
  [`"ifindex":${from.vethIndex}`, `"ifindex":${to.vethIndex}`],
  [`"link_index":${from.vethIndex}`, `"link_index":${to.vethIndex}`],
  [`"link_netnsid":${from.nsid}`, `"link_netnsid":${to.nsid}`],
  [` nsid ${from.nsid} `, ` nsid ${to.nsid} `],
];

/** Whether a text speaks of a pod, or of a node. */
export const namesPod = (text: string, { netns, address, mac, veth, vethMac }: PodIdentity): boolean =>
  [netns, mac, veth, vethMac].some((name) => text.includes(name)) || new RegExp(`(?<![\\d.])${escaped(address)}(?!\\d)`).test(text);

export const namesNode = (text: string, { address, subnet, uplinkMac, vtepMac }: NodeIdentity): boolean =>
  [subnet, uplinkMac, vtepMac].some((name) => text.includes(name)) || new RegExp(`(?<![\\d.])${escaped(address)}(?!\\d)`).test(text);
