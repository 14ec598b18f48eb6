import { type Cluster, type LabNode, type Line, onNode, type Probe, scenario } from '#lab/vocabulary';

const PORT = 6443;
/** The API server's machine. */
const server = ({ etcd }: Cluster): string => new URL(etcd.endpoint).hostname;

const PIDS = '/run/api-clients.pids';
/** A client that keeps one connection and writes a heartbeat over it. */
const client = (node: LabNode, to: string): Line =>
  onNode(
    node,
    `bash -c 'trap "" PIPE; while sleep 0.1; do exec 3<>/dev/tcp/${to}/${PORT} || continue; cat <&3 3>&- & while echo heartbeat >&3; do sleep 0.5 3>&-; done; exec 3>&-; kill $!; done' >/dev/null 2>&1 & echo $! >>${PIDS}`,
  );
/** A client that asks for a great deal and reads none of it, so that the peer's own answers fill up both windows. */
const glutton = (node: LabNode, to: string): Line =>
  onNode(node, `bash -c 'trap "" PIPE; exec 3<>/dev/tcp/${to}/${PORT}; cat /dev/zero >&3' >/dev/null 2>&1 & echo $! >>${PIDS}`);
const quit = (node: LabNode): Line => onNode(node, `for pid in $(cat ${PIDS}); do kill $(ps -o pid= --ppid $pid) $pid; done; rm ${PIDS}`);

/** The port of the one connection to the API server, as `ss` tells it. */
const portOf = (to: string): string =>
  `$(ss -Hnt state established dst ${to} dport = :${PORT} | sed -n 's/.*:\\([0-9]*\\) *${to}:${PORT}.*/\\1/p' | head -n 1)`;

const api = (cluster: Cluster): Probe => ({
  from: { node: cluster.victim.name },
  to: server(cluster),
  protocol: 'tcp',
  port: PORT,
});

export default scenario({
  fault: 'connection-egress-drop',
  title: { en: 'a rule of the machine drops what one of its connections sends', zh: '本机规则丢弃了某条连接发出的报文' },
  play: (cluster) => {
    const { victim } = cluster;
    const to = server(cluster);
    return {
      break: [
        client(victim, to),
        onNode(victim, 'sleep 1.2'),
        onNode(victim, `port=${portOf(to)}; echo $port >/run/dropped.port; iptables -I OUTPUT -p tcp --sport $port -j DROP`),
      ],
      heal: [onNode(victim, 'iptables -D OUTPUT -p tcp --sport $(cat /run/dropped.port) -j DROP'), quit(victim)],
      probes: [{ ...api(cluster), broken: 'answers' }],
      expect: { subject: `connection/${victim.name}/tcp/${victim.address}→${to}:${PORT}` },
      symptom:
        'E0415 17:03:11.351872   16624 kubelet_node_status.go:374] Error updating node status, will retry: error getting node: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    };
  },
  twins: [
    {
      name: 'a rule drops a port that no connection has',
      play: (cluster) => ({
        make: [
          client(cluster.victim, server(cluster)),
          onNode(cluster.victim, 'sleep 1.2'),
          onNode(cluster.victim, 'iptables -I OUTPUT -p tcp --sport 63876 -j DROP'),
        ],
        unmake: [onNode(cluster.victim, 'iptables -D OUTPUT -p tcp --sport 63876 -j DROP'), quit(cluster.victim)],
        probes: [api(cluster)],
      }),
    },
    {
      name: 'the peer takes no more: nothing is in flight, and no rule is to blame',
      play: (cluster) => ({
        make: [glutton(cluster.victim, server(cluster)), onNode(cluster.victim, 'sleep 2.5')],
        unmake: [quit(cluster.victim)],
        probes: [api(cluster)],
      }),
    },
  ],
  needs: { apart: true, settle: 3 },
});
