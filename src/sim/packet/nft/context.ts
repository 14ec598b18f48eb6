import type { Link } from '#facts/link/link';
import type { NftTable } from '#facts/nft/nft';
import type { Stack } from '#dataplane/stack';
import type { Family } from '#net/ip';
import { ZERO_MAC } from '#net/mac';
import type { Gap } from '#snapshot/gap';
import type { Track } from '../conntrack/connection.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import type { Diverted } from '../socket/diverted.ts';
import type { ArpMessage } from './arp-message.ts';

/** What a rule of nft can look at. The packet, its track, its frame and the socket that it is given to change while the rules run. */
export type NftContext = {
  readonly run: Run;
  readonly stack: Stack;
  readonly table: NftTable;
  /** As nft calls it: `prerouting`, `ingress` …. */
  readonly hook: string;
  readonly family: Family;
  readonly in: Link | null;
  readonly out: Link | null;
  /** The packet as it came to the hook: its path, bridge and cast. */
  readonly skb: Skb;
  packet: Packet;
  track: Track | null;
  frame: Skb['frame'];
  diverted: Diverted | null;
  /** Which rule is asked, for choices. */
  at: string;
  readonly scope: 'connection' | 'packet';
  /** Set where it is no IP packet that the rules see, but what ARP says. */
  readonly arp?: ArpMessage;
};

/** The device that the packet is at (skb->dev): in the last hooks that by which it leaves, which is what its link header is asked of. */
export const currentDevice = ({ hook, in: incoming, out }: NftContext): Link | null =>
  hook === 'postrouting' || hook === 'egress' ? out : incoming;

const BARE: ReadonlySet<string> = new Set(['ipip', 'sit', 'gre', 'ip6tnl', 'ip6gre', 'vti', 'wireguard', 'loopback']);
/** Kinds that do not tell it: `tun` is either, by its mode. */
const EITHER: ReadonlySet<string | null | undefined> = new Set([undefined, 'tun']);

/**
 * Whether what leaves by a device has an Ethernet header: one without has no such address, but for the loopback device, whose is zero;
 * nothing where neither address nor kind tells.
 */
export function hasLinkHeader({ type, mac }: Link): boolean | undefined {
  if (BARE.has(type ?? '') || mac === null) return false;
  return EITHER.has(type) && (mac === undefined || mac === ZERO_MAC) ? undefined : true;
}

/** Why something of this packet is not known. */
export const gapOf = ({ stack }: NftContext, detail: string, why: Gap['why'] = 'not modelled'): { readonly gap: Gap } => ({
  gap: { of: 'nft', scope: stack.scope, why, detail },
});
