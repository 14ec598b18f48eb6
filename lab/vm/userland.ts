import type { Userland } from '../userlands/list.ts';

/** Where the guest's tools come from: one Debian's, whatever kernel they run on. */
export const guestUserland: Userland = {
  name: 'guest',
  from: 'debootstrap',
  suite: 'bookworm',
  packages: [
    'busybox-static',
    'conntrack',
    'dash',
    'iproute2',
    'ipset',
    'iptables',
    'ipvsadm',
    'kmod',
    'nftables',
    'procps',
    'util-linux',
    'wireguard-tools',
  ],
};
