import type { Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { PlacedLink } from '#facts/link/peer';

/** The least MTU that IPv6 lives with; below it the kernel takes IPv6 off the device. */
const IPV6_LEAST = 1280;

/** A device's MTU, and IPv6's own copy of it, which follows (net/ipv6/addrconf.c, NETDEV_CHANGEMTU). */
export function mtuEdits(facts: Facts, { scope, link }: PlacedLink, mtu: number): readonly Edit[] {
  const settings = facts.seen('sysctl', scope);
  const names = new Set([link.name, link.name.replaceAll('.', '/')].map((name) => `net.ipv6.conf.${name}.mtu`));
  const copy = settings.is === 'seen' && mtu >= IPV6_LEAST ? settings.value.filter(({ name }) => names.has(name)) : [];
  return [
    { op: 'put', kind: 'link', scope, fact: { ...link, mtu } },
    ...copy.map((one): Edit => ({ op: 'put', kind: 'sysctl', scope, fact: { ...one, value: String(mtu) } })),
  ];
}
