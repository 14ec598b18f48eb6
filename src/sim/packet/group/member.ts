import type { Link } from '#facts/link/link';
import type { Ip } from '#net/ip';
import type { Stack } from '#dataplane/stack';

/** Groups that every device listens to. */
const ALWAYS: ReadonlySet<string> = new Set(['224.0.0.1', 'ff02::1', 'ff01::1']);

/**
 * Whether a device listens to a multicast group (net/ipv4/igmp.c ip_check_mc_rcu, net/ipv6/mcast.c ipv6_chk_mcast_addr): as the
 * kernel lists it, else because a VXLAN device on it has that group. Nothing when it is not known.
 */
export function isMember(stack: Stack, device: Link, group: Ip): boolean | undefined {
  if (ALWAYS.has(group)) return true;
  const { groups, links } = stack;
  if (groups.is === 'seen' && groups.table.has(`${device.name} ${group}`)) return true;
  const joined =
    links.is === 'seen' && links.table.all.some(({ vxlan, up }) => up !== false && vxlan?.group === group && vxlan.dev === device.name);
  if (joined) return true;
  return groups.is === 'seen' && groups.complete ? false : undefined;
}
