import type { FactOf } from '#facts/kinds';
import { parseMac } from '#net/mac';
import type { Origin } from '#snapshot/origin';

export type Link = FactOf<'link'>;

/** What every form of `ip link` tells of a device. */
export type DeviceWords = {
  /** As printed before the colon: `eth0@if2`. */
  readonly name: string;
  readonly index: number | undefined;
  readonly flags: readonly string[];
  readonly mtu: number | undefined;
  readonly operState: string | undefined;
  /** `undefined`: this form does not tell; `null`: it has none. */
  readonly master: string | null | undefined;
  /** `link/ether`, `loopback`, `none`. */
  readonly linkType: string | undefined;
  readonly address: string | undefined;
  readonly netnsid: number | undefined;
  /** `link-netns NAME`: another namespace, its number not told. */
  readonly elsewhere: boolean;
  readonly origin: Origin;
};

/** The fact of a device, with what only details tell left out. */
export function linkOf(words: DeviceWords): Link {
  const at = words.name.lastIndexOf('@');
  const name = at < 0 ? words.name : words.name.slice(0, at);
  const flags = new Set(words.flags);
  return {
    name,
    index: words.index,
    type: words.linkType === 'loopback' ? 'loopback' : undefined,
    mac: words.linkType === undefined && words.address === undefined ? undefined : (parseMac(words.address ?? '') ?? null),
    mtu: words.mtu,
    up: flags.has('UP'),
    carrier: flags.has('LOWER_UP'),
    operState: words.operState,
    noArp: flags.has('NOARP'),
    promiscuous: flags.has('PROMISC'),
    master: words.master,
    ...peerOf(at < 0 ? undefined : words.name.slice(at + 1), words),
    vxlan: undefined,
    bridge: undefined,
    port: undefined,
    gsoMaxSegs: undefined,
    origin: words.origin,
  };
}

type Peer = Pick<Link, 'peerIndex' | 'peerNsid' | 'peerName'>;

function peerOf(peer: string | undefined, { netnsid, elsewhere }: DeviceWords): Peer {
  if (peer === undefined) return { peerIndex: null, peerNsid: null, peerName: null };
  const index = /^if(\d{1,9})$/.exec(peer)?.[1];
  if (peer === 'NONE') return { peerIndex: null, peerNsid: null, peerName: null };
  if (index === undefined) return { peerIndex: undefined, peerNsid: null, peerName: peer };
  return { peerIndex: Number(index), peerNsid: netnsid, peerName: netnsid === undefined && !elsewhere ? undefined : null };
}

/** Adds the index of each peer that is named and listed too. */
export function withPeerIndexes(links: readonly Link[]): readonly Link[] {
  const indexes = new Map(links.map(({ name, index }) => [name, index]));
  return links.map((link) =>
    typeof link.peerName === 'string' && link.peerIndex === undefined ? { ...link, peerIndex: indexes.get(link.peerName) } : link,
  );
}

/** busybox writes the name of the device that has the peer's index *here*, wherever the peer is: only the index is told. */
export const withoutGuessedPeers = (links: readonly Link[]): readonly Link[] =>
  links.map((link) => (link.peerName === null && link.peerIndex === null ? link : { ...link, peerName: undefined, peerNsid: undefined }));

/** A list that begins with the loopback device is taken for the whole list where the command is not known. */
export const looksWhole = (links: readonly Link[]): boolean => links.some(({ name, index }) => name === 'lo' && (index ?? 1) === 1);

/** `ip -4 addr` and `ip -6 addr` leave out the devices without such an address, and every device's `link/` line. */
export const isOfOneFamily = (links: readonly Link[]): boolean => links.length > 0 && links.every(({ mac }) => mac === undefined);

/**
 * Such a device as far as it is told: IPv6's list has neither its master nor the number of its peer's namespace
 * (net/ipv6/addrconf.c inet6_fill_ifinfo), and the tool then writes the name of whatever device has the peer's index here.
 */
export const asOfOneFamily = (link: Link): Link => ({
  ...link,
  master: link.master ?? undefined,
  peerIndex: undefined,
  peerNsid: undefined,
  peerName: undefined,
});
