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

/** The userland of that name; a name that is not in the list is a bug of the caller. */
export function userlandNamed(name: string): Userland {
  const known = [...userlands, dumpcap].find((userland) => userland.name === name);
  if (known === undefined) throw new Error(`no userland is called ${name}`);
  return known;
}
