/** A command line to record, and where. */
export interface Recorded {
  readonly place: Place;
  readonly line: string;
  /** Recorded of this userland alone: the kernel's own text, or a form that differs little between versions. */
  readonly only?: string;
}

/**
 * A place of the world: node A; node B, with rules in the legacy backend; a pod of node A; a namespace whose rules the
 * recorded userland wrote itself, through iptables (`rules`) or nft (`native`); node A's rules again, which another
 * version wrote (`foreign`): an older iptables-nft silently misreads those of a newer one.
 */
export type Place = 'a' | 'b' | 'pod1' | 'rules' | 'native' | 'foreign';

const at = (place: Place, lines: readonly string[]): Recorded[] => lines.map((line) => ({ place, line }));

const onceAt = (place: Place, lines: readonly string[]): Recorded[] =>
  at(place, lines).map((command) => ({ ...command, only: 'debian-12' }));

const forms = (heads: readonly string[], tails: readonly string[]): string[] =>
  heads.flatMap((head) => tails.map((tail) => `${head} ${tail}`));

// Sockets come first: a TIME-WAIT lives for a minute.
const sockets = [
  'ss -tanpieo',
  'ss -tuanp',
  'ss -lntup',
  'ss -tan',
  'ss -tanoi state established',
  'ss -s',
  'netstat -antp',
  'netstat -antpo',
  'netstat -anup',
  'netstat -lntup',
  'netstat -ant',
  'netstat -anu',
];

const links = [
  ...forms(['ip', 'ip -d', 'ip -s', 'ip -j', 'ip -d -j', 'ip -d -s -j', 'ip -o', 'ip -br'], ['link show']),
  ...forms(['ip', 'ip -d', 'ip -s', 'ip -j', 'ip -d -j', 'ip -d -s -j', 'ip -o', 'ip -br', 'ip -4', 'ip -6'], ['addr show']),
  'ip addr',
  'ip -d link show type vxlan',
  'ifconfig -a',
  'ifconfig eth0',
  'netstat -i',
];

const routes = [
  ...forms(['ip', 'ip -d', 'ip -s', 'ip -j', 'ip -d -j', 'ip -o', 'ip -6', 'ip -6 -j'], ['route show', 'route show table all']),
  ...forms(['ip', 'ip -j'], ['route show table 100', 'route show table 250', 'route show table local', 'route show table 777']),
  'ip route',
  'ip route get 10.244.2.20',
  'ip -j route get 10.244.2.20',
  'ip route get 10.13.0.1',
  'ip nexthop show',
  'ip -j nexthop show',
  ...forms(['ip', 'ip -d', 'ip -s', 'ip -j', 'ip -d -j', 'ip -6', 'ip -6 -j'], ['rule show']),
  ...forms(['ip', 'ip -d', 'ip -s', 'ip -j', 'ip -d -s -j', 'ip -6', 'ip -6 -j'], ['neigh show']),
  'ip neigh show nud all',
  'ip neigh show proxy',
  'ip -s neigh show dev flannel.1',
  'route -n',
  'route -n -A inet6',
  'route -ne',
  'netstat -rn',
  'netstat -rne',
  'arp -an',
  'arp -n',
];

const bridges = [
  ...forms(['bridge', 'bridge -d', 'bridge -s', 'bridge -j', 'bridge -d -s -j'], ['fdb show', 'link show', 'vlan show']),
  'bridge fdb show dev flannel.1',
  'bridge fdb show br cni0',
  'bridge mdb show',
  'brctl show',
  'brctl showmacs cni0',
  'brctl showstp cni0',
  'brctl showstp br-trunk',
];

const tables = ['filter', 'nat', 'mangle', 'raw'];

const rulesOnNft = [
  'iptables-save',
  'iptables-save -c',
  'ip6tables-save -c',
  ...tables.map((table) => `iptables -t ${table} -L -n -v --line-numbers`),
  'iptables -t nat -S',
  'nft list ruleset',
];

const rulesOnLegacy = [
  'iptables-legacy-save -c',
  ...tables.map((table) => `iptables-legacy -t ${table} -L -n -v --line-numbers`),
  'iptables-legacy -t nat -S',
  'iptables-save',
];

const counters = [
  'conntrack -L',
  'conntrack -L -o extended',
  'conntrack -L -p tcp --state ESTABLISHED',
  'conntrack -L -f ipv6',
  'conntrack -S',
  'conntrack -C',
  'nstat -az',
  'nstat -azj',
  'netstat -s',
  'sysctl net.ipv4.ip_forward net.ipv4.nosuch',
];

const packets = [
  ...forms(['tcpdump'], ['-r /mnt/eth0.pcap', '-n -r /mnt/eth0.pcap', '-nn -e -r /mnt/eth0.pcap', '-n -v -r /mnt/eth0.pcap']),
  ...forms(['tcpdump'], ['-n -e -vvv -tttt -r /mnt/cni0.pcap', '-n -t -r /mnt/cni0.pcap']),
  'tcpdump -n -e -r /mnt/any.pcap',
  'tcpdump -n -r /mnt/any.pcap',
  'ping -q -c 6 -i 0.3 10.244.1.10 & timeout 3 tcpdump -n -i any -c 6 icmp; wait',
];

const pings = [
  'ping -c 3 -i 0.2 10.244.2.20',
  'ping -c 3 -i 0.2 -W 1 10.244.1.12',
  'ping -O -D -c 2 -i 0.5 -W 1 10.244.1.12',
  'ping -q -c 3 -i 0.2 10.244.2.20',
  'ping -n -c 1 -W 4 10.244.1.240',
  'ping -c 1 -W 1 10.13.0.1',
  'ping -c 1 -W 1 10.14.0.1',
  'ping -c 1 -W 1 10.244.200.1',
  'ping -c 1 -t 1 10.244.2.20',
  'ping -M do -s 1423 -c 2 -i 0.2 10.244.2.20',
  'ping -c 1 -W 1 2001:db8:56::11',
  'ping -c 1 nosuch.example',
];

const clients = [
  'curl -v -s -m 2 http://10.96.31.62/',
  'curl -v -s -m 2 http://10.244.1.10:8090/',
  'curl -v -s -m 1 http://10.244.1.12:8080/',
  'curl -v -s -m 2 http://10.13.0.1/',
  'curl -v -s -m 2 http://nosuch.example/',
  'telnet 10.244.1.10 8080 </dev/null',
  'telnet 10.244.1.10 8090 </dev/null',
  'timeout 1 telnet 10.244.1.12 8080 </dev/null',
];

/** The kernel's own words: the same whoever reads them. */
const kernelText = [
  'cat /proc/net/tcp',
  'cat /proc/net/tcp6',
  'cat /proc/net/udp',
  'cat /proc/net/udp6',
  'cat /proc/net/sockstat',
  'cat /proc/net/dev',
  'cat /proc/net/if_inet6',
  'cat /proc/net/nf_conntrack',
  'cat /proc/net/stat/nf_conntrack',
  'cat /proc/net/stat/rt_cache',
  'cat /proc/net/snmp',
  'cat /proc/net/snmp6',
  'cat /proc/net/netstat',
  'cat /proc/net/softnet_stat',
  'cat /proc/net/protocols',
  ...['route', 'arp', 'fib_trie', 'fib_triestat', 'ipv6_route', 'rt_cache'].map((file) => `cat /proc/net/${file}`),
];

const rarePackets = [
  'tcpdump -n -q -ttt -S -r /mnt/cni0.pcap',
  'tcpdump -n -x -c 4 -r /mnt/cni0.pcap',
  'tcpdump -n -r /mnt/eth0-cni0.pcapng',
];

const rareForms = [
  'sysctl -a',
  'conntrack -L -o id,ktimestamp',
  'ip -s -s link show',
  'ip -d -s link show',
  ...forms(['iptables -t nat'], ['-L -n -v', '-L -n', '-L', '-S -v', '-L -n -v -x']),
  'nft -a list ruleset',
  'nft -j list ruleset',
];

/** What is recorded of every userland, in this order; a tool or applet that it lacks is left out. */
export const commands: readonly Recorded[] = [
  ...at('a', sockets),
  ...at('pod1', ['ss -tanpieo', 'netstat -antpo', 'netstat -antp']),
  ...onceAt('pod1', ['cat /proc/net/tcp', 'sysctl -a']),
  ...onceAt('a', [...kernelText, ...rareForms]),
  ...at('a', [...links, ...routes, ...bridges, ...counters]),
  ...at('rules', rulesOnNft),
  ...at('foreign', ['iptables-save -c', 'nft list ruleset']),
  ...at('b', rulesOnLegacy),
  ...at('native', ['nft list ruleset', 'nft -j list ruleset', 'iptables-save']),
  ...onceAt('native', ['nft -a -s list ruleset']),
  ...at('pod1', ['ip -d addr show', 'ip -d -j addr show', 'ip -j route show table all', 'ip neigh show', 'arp -an', 'route -n']),
  ...at('a', packets),
  ...onceAt('a', rarePackets),
  ...at('pod1', pings),
  ...at('a', clients),
];
