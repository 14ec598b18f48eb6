/** A set of tools as one distribution ships them, unpacked in a folder of its own. */
export type Userland =
  | {
      readonly name: string;
      readonly from: 'debootstrap';
      readonly suite: string;
      readonly packages: readonly string[];
    }
  | { readonly name: string; readonly from: 'busybox'; readonly of: string };

const NETWORK_TOOLS = [
  'bridge-utils',
  'busybox-static',
  'conntrack',
  'curl',
  'etcd-client',
  'iproute2',
  'ipset',
  'iptables',
  'iputils-ping',
  'net-tools',
  'nfacct',
  'nftables',
  'procps',
  'tcpdump',
  'telnet',
];

const debian = (version: number, suite: string): Userland => ({
  name: `debian-${version}`,
  from: 'debootstrap',
  suite,
  packages: NETWORK_TOOLS,
});

/** Every userland that the recorded tools and the portable capture are judged with. */
export const userlands: readonly Userland[] = [
  debian(11, 'bullseye'),
  debian(12, 'bookworm'),
  debian(13, 'trixie'),
  { name: 'busybox', from: 'busybox', of: 'debian-12' },
];

/** Not judged with, only needed to record a capture in pcapng: tcpdump writes pcap alone. */
export const dumpcap: Userland = { name: 'dumpcap', from: 'debootstrap', suite: 'bookworm', packages: ['wireshark-common'] };

const NETWORK_CLIENTS = [
  'bind9-dnsutils',
  'busybox-static',
  'curl',
  'dbus',
  'inetutils-telnet',
  'iputils-ping',
  'ncat',
  'netcat-openbsd',
  'netcat-traditional',
  'systemd-sysv',
  'telnet',
  'wget',
];

/** What people ask a network and a node with by hand, and a systemd that boots: only needed to record what they print. */
export const clientUserlands: readonly Userland[] = (
  [
    [11, 'bullseye'],
    [12, 'bookworm'],
    [13, 'trixie'],
  ] as const
).map(([version, suite]) => ({ name: `debian-${version}-clients`, from: 'debootstrap', suite, packages: NETWORK_CLIENTS }));

/** The userland of that name; a name that is not in the list is a bug of the caller. */
export function userlandNamed(name: string): Userland {
  const known = [...userlands, dumpcap, ...clientUserlands].find((userland) => userland.name === name);
  if (known === undefined) throw new Error(`no userland is called ${name}`);
  return known;
}
