import { type Cluster, type LabNode, type Line, onNode, onSwitch, type Probe, scenario } from '#lab/vocabulary';

const PORT = 6443;
const last = (address: string, more: number): string => address.replace(/\d+$/, (octet) => `${Number(octet) + more}`);
/** The API server's machine, and the balancer's address before it. */
const server = ({ etcd }: Cluster): string => new URL(etcd.endpoint).hostname;
const vip = (cluster: Cluster): string => last(server(cluster), 1);

const inside = (run: string): Line => onSwitch(`nsenter --net=/run/netns/balancer ${run}`);

/** A balancer of the fourth layer: a namespace at the switch that translates to the API server and drops what it does not know. */
const balancer = (cluster: Cluster): readonly Line[] => [
  onSwitch('ip netns add balancer'),
  onSwitch('ip link add lb0 type veth peer name eth0 netns balancer'),
  onSwitch('ip link set lb0 master br0 up'),
  inside(`ip addr add ${vip(cluster)}/${cluster.underlay.cidr.split('/')[1]} dev eth0`),
  inside('ip link set eth0 up'),
  inside('sysctl -w net.ipv4.ip_forward=1'),
  inside(`iptables -t nat -A PREROUTING -d ${vip(cluster)} -p tcp --dport ${PORT} -j DNAT --to-destination ${server(cluster)}:${PORT}`),
  inside('iptables -t nat -A POSTROUTING -p tcp -j MASQUERADE'),
  inside('iptables -t mangle -A PREROUTING -p tcp -m conntrack --ctstate INVALID -j DROP'),
  inside('sysctl -w net.netfilter.nf_conntrack_tcp_loose=0'),
];

const away = [onSwitch('ip link del lb0'), onSwitch('ip netns del balancer')];

/** Another server of the balancer takes over and knows none of its flows: what was tracked before is in another zone. */
const takeover = inside('iptables -t raw -A PREROUTING -j CT --zone 7');

const PIDS = '/run/api-clients.pids';
/** A client that keeps one connection, writes a heartbeat over it, and opens another one only when the kernel says that it is gone. */
const client = (node: LabNode, to: string): Line =>
  onNode(
    node,
    `bash -c 'trap "" PIPE; while sleep 0.1; do exec 3<>/dev/tcp/${to}/${PORT} || continue; cat <&3 3>&- & while echo heartbeat >&3; do sleep 0.5 3>&-; done; exec 3>&-; kill $!; done' >/dev/null 2>&1 & echo $! >>${PIDS}`,
  );
const ESTABLISHED = `grep -q ':${PORT.toString(16).toUpperCase()} 01 ' /proc/net/tcp`;
/** A busy machine starts a client late: what is forgotten before it was there harms nobody. */
const connected = (node: LabNode): Line =>
  onNode(node, `for i in $(seq 300); do ${ESTABLISHED} && break; sleep 0.1; done; ${ESTABLISHED} && sleep 1.5`);
/** telnet: a connection that somebody opens by hand, to try. */
const telnet = (node: LabNode, to: string): Line =>
  onNode(node, `bash -c 'exec 3<>/dev/tcp/${to}/${PORT}; sleep 600' >/dev/null 2>&1 & echo $! >>${PIDS}`);
/**
 * Five timeouts in a row: how long that takes is in the socket's own rto, which a busy machine makes longer; so long again nothing is sent, and
 * the looks fall in between. Just behind a retransmission nobody can tell. What a twin left behind waits too, but is not established.
 */
const silent = (node: LabNode, to: string): Line =>
  onNode(
    node,
    `for i in $(seq 150); do ss -Htin state established dst ${to}:${PORT} | grep -qE 'backoff:([5-9]|1[0-9])' && break; sleep 0.2; done`,
  );
/** A client that asks for a great deal and reads none of it, so that the peer's own answers fill up both windows. */
const glutton = (node: LabNode, to: string): Line =>
  onNode(node, `bash -c 'trap "" PIPE; exec 3<>/dev/tcp/${to}/${PORT}; cat /dev/zero >&3' >/dev/null 2>&1 & echo $! >>${PIDS}`);
const quit = (node: LabNode): Line => onNode(node, `for pid in $(cat ${PIDS}); do kill $(ps -o pid= --ppid $pid) $pid; done; rm ${PIDS}`);

const api = (cluster: Cluster, node: LabNode): Probe => ({ from: { node: node.name }, to: server(cluster), protocol: 'tcp', port: PORT });

export default scenario({
  fault: 'connection-half-open',
  title: { en: 'a balancer forgets its flows; a client waits on a dead connection', zh: '负载均衡丢失会话，客户端仍在等待已失效的连接' },
  play: (cluster) => {
    const { victim } = cluster;
    const to = vip(cluster);
    return {
      break: [
        ...balancer(cluster),
        onNode(victim, 'sysctl -w net.ipv4.tcp_retries2=8'),
        client(victim, to),
        connected(victim),
        takeover,
        telnet(victim, to),
        silent(victim, to),
      ],
      heal: [quit(victim), ...away, onNode(victim, 'sysctl -w net.ipv4.tcp_retries2=15')],
      probes: [{ ...api(cluster, victim), broken: 'answers' }],
      expect: { subject: `connection/${victim.name}/tcp/${victim.address}→${to}:${PORT}` },
      symptom:
        'E0415 17:03:11.351872   16624 kubelet_node_status.go:374] Error updating node status, will retry: error getting node: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    };
  },
  twins: [
    {
      name: 'a busy connection over a line that loses one packet in five',
      play: (cluster) => ({
        make: [
          ...balancer(cluster),
          inside('iptables -I FORWARD -p tcp -m statistic --mode random --probability 0.2 -j DROP'),
          client(cluster.victim, vip(cluster)),
          telnet(cluster.victim, vip(cluster)),
          onNode(cluster.victim, 'sleep 2'),
        ],
        unmake: [quit(cluster.victim), ...away],
        probes: [api(cluster, cluster.victim)],
      }),
    },
    {
      name: 'the balancer forgot its flows and answers with RST: the client has connected anew',
      play: (cluster) => ({
        make: [
          ...balancer(cluster),
          inside('iptables -t mangle -F PREROUTING'),
          client(cluster.victim, vip(cluster)),
          connected(cluster.victim),
          takeover,
          onNode(cluster.victim, 'sleep 1.5'),
        ],
        unmake: [quit(cluster.victim), ...away],
        probes: [api(cluster, cluster.victim)],
      }),
    },
    {
      name: 'the peer takes no more: its window is closed, the persist timer runs, and telnet works',
      play: (cluster) => ({
        make: [
          ...balancer(cluster),
          glutton(cluster.victim, vip(cluster)),
          telnet(cluster.victim, vip(cluster)),
          onNode(cluster.victim, 'sleep 2.5'),
        ],
        unmake: [quit(cluster.victim), ...away],
        probes: [api(cluster, cluster.victim)],
      }),
    },
  ],
  needs: { apart: true },
});
