/** Programs of the userland that the guest gets, with the libraries that they load. */
export const PROGRAMS: readonly string[] = [
  '/usr/bin/dash',
  '/usr/bin/kmod',
  '/usr/bin/nsenter',
  '/usr/bin/unshare',
  '/usr/bin/wg',
  '/usr/sbin/bridge',
  '/usr/bin/ip',
  '/usr/bin/ss',
  '/usr/sbin/tc',
  '/usr/sbin/sysctl',
  '/usr/sbin/conntrack',
  '/usr/sbin/ipset',
  '/usr/sbin/ipvsadm',
  '/usr/sbin/nft',
  '/usr/sbin/xtables-legacy-multi',
  '/usr/sbin/xtables-nft-multi',
  '/usr/bin/busybox',
];

/** Other names of these programs. */
export const NAMES: Readonly<Record<string, string>> = {
  '/usr/bin/sh': 'dash',
  '/usr/sbin/modprobe': '/usr/bin/kmod',
  '/usr/sbin/iptables-save': 'xtables-nft-multi',
  '/usr/sbin/iptables-nft-save': 'xtables-nft-multi',
  '/usr/sbin/iptables-legacy-save': 'xtables-legacy-multi',
  '/usr/sbin/ip6tables-save': 'xtables-nft-multi',
  '/usr/sbin/ip6tables-nft-save': 'xtables-nft-multi',
  '/usr/sbin/ip6tables-legacy-save': 'xtables-legacy-multi',
  '/usr/sbin/iptables': 'xtables-nft-multi',
  '/usr/sbin/ip6tables': 'xtables-nft-multi',
  '/usr/sbin/iptables-nft': 'xtables-nft-multi',
  '/usr/sbin/ip6tables-nft': 'xtables-nft-multi',
  '/usr/sbin/iptables-legacy': 'xtables-legacy-multi',
  '/usr/sbin/ip6tables-legacy': 'xtables-legacy-multi',
  '/usr/sbin/ip': '/usr/bin/ip',
};

/** Applets of busybox that stand in for the tools of every Debian: it is one small program, and starts fast. */
export const APPLETS: readonly string[] =
  'awk basename cat chmod cp cut date dirname dmesg env false find free grep gzip head hostname id kill ls lsmod mkdir mktemp mount mv od poweroff printf ps readlink rm rmdir sed seq sleep sort stat tail tar tee timeout touch tr true umount uname uniq wc xargs'.split(
    ' ',
  );

/** What iptables loads by name. */
export const LIBRARIES = '/usr/lib/*/xtables/*.so';
