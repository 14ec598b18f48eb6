import type { Link } from '#facts/link/link';

/** Whether a device is meant by a name with an optional trailing `+` (net/netfilter/x_tables.h ifname_compare_aligned). No device has the empty name. */
export const isDevice = (link: Link | null, name: string): boolean =>
  name.endsWith('+') ? (link?.name ?? '').startsWith(name.slice(0, -1)) : (link?.name ?? '') === name;
