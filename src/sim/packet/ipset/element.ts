import { bitsOf, familyOf, type Ip } from '#net/ip';
import type { FactOf } from '#facts/kinds';
import { addressKey, cutKey, portKey } from '#dataplane/ipsets';
import type { Context } from '../iptables/context.ts';
import { kernelOf } from '../route/kernel.ts';
import { isLaterFragment } from '../iptables/fragment.ts';
import type { Packet } from '../packet.ts';

/** Which end of a packet a part of a set's element is compared with. */
export type End = 'src' | 'dst';

/** What sets call protocols that packets have another name for; `ipip` is protocol 94 there. */
const NAMES: Readonly<Record<string, string>> = { icmpv6: 'ipv6-icmp', ipip: 'ipencap' };

const PORTLESS: ReadonlySet<Packet['protocol']> = new Set(['ipip', 'ipv6', 'gre', 'esp', 'ah']);

export const addressAt = ({ packet }: Context, end: End): Ip => (end === 'src' ? packet.source : packet.destination);

/** The key of an address, cut where the set has a netmask. */
export const addressKeyOf = (context: Context, end: End, length: number | null): string => {
  const address = addressAt(context, end);
  return length === null ? addressKey(address, bitsOf(familyOf(address))) : cutKey(address, length);
};

const NOBODY = { 4: '0.0.0.0', 6: '::' } as const;

/** Since this version a set of addresses and ports has bit masks, and what they leave of an address is looked at (hash_ipport4_kadt). */
const MASKS_PORTS = [6, 2] as const;

/** Whether a packet has no element in a set: nobody has none in one of addresses alone (hash_ip4_kadt, hash_ip6_kadt), nor lately with ports. */
export function isNobodys(context: Context, { type, netmask }: Pick<FactOf<'ipset'>, 'type' | 'netmask'>, end: End): boolean {
  if (type !== 'hash:ip' && !(type === 'hash:ip,port' && kernelOf(context.stack, MASKS_PORTS))) return false;
  const nobody = NOBODY[familyOf(addressAt(context, end))] as Ip;
  return (
    addressKeyOf(context, end, netmask ?? null) ===
    (netmask == null ? addressKey(nobody, bitsOf(familyOf(nobody))) : cutKey(nobody, netmask))
  );
}

/**
 * Protocol and port of a packet as sets keep them; of ICMP type and code, of protocols without ports 0 (net/netfilter/ipset/ip_set_getport.c).
 * A later fragment has none, but of IPv4 those without ports (ip_set_get_ip4_port, ip_set_get_ip6_port).
 */
export function portKeyOf({ packet }: Context, end: End): string | undefined {
  const protocol = NAMES[packet.protocol] ?? packet.protocol;
  const isPortless = PORTLESS.has(packet.protocol);
  if (isLaterFragment(packet) && !(isPortless && familyOf(packet.source) === 4)) return undefined;
  if (isPortless) return portKey(protocol, 0);
  if (packet.icmp !== null) return portKey(protocol, packet.icmp.type * 256 + packet.icmp.code);
  return portKey(protocol, portAt(packet, end));
}

/** A port alone: only TCP and UDP have one for a set that knows no protocols (ip_set_get_ip_port). */
export function barePortKeyOf({ packet }: Context, end: End): string | undefined {
  const hasPort = packet.protocol === 'tcp' || packet.protocol === 'udp';
  return hasPort && !isLaterFragment(packet) ? portKey(null, portAt(packet, end)) : undefined;
}

/** What the port of a packet was drawn out of that a part of an element is compared with. */
export const drawnAt = ({ icmp, drawn }: Packet, end: End): readonly [number, number] | undefined =>
  icmp !== null ? undefined : end === 'src' ? drawn?.source : drawn?.destination;

const portAt = (packet: Packet, end: End): number => (end === 'src' ? packet.sourcePort : packet.destinationPort);
