import { between, type Cluster, type LabNode, onNode, onPod, scenario } from '#lab/vocabulary';

const MAX = '$(cat /proc/sys/net/netfilter/nf_conntrack_max)';
/** A line each: one that makes an entry of a quarter of the table takes more than a line may take where the machine is busy. */
const PARTS = 16;

/**
 * So many entries of the table's own size, in parts: the limit itself can be written in the first network namespace only, and
 * entries are counted for each. What finds no room any more is refused, which is what is wanted.
 */
const filled = (node: LabNode, percent: number, status: string) =>
  [...Array(PARTS).keys()].map((part) =>
    onNode(
      node,
      `awk -v n=$((${MAX} * ${percent} / 100 / ${PARTS} + 64)) -v part=${part} -v status=${status} 'BEGIN { for (i = 0; i < n; i++) { s = sprintf("10.%d.%d.%d", 200 + part * 3 + int(i / 16777216), int(i / 65536) % 256, int(i / 256) % 256); p = 1024 + i % 256; printf "-A -t 900 -u %s -s %s -d 10.199.0.1 -r 10.199.0.1 -q %s -p tcp --sport %d --dport 443 --reply-port-src 443 --reply-port-dst %d --state ESTABLISHED\\n", status, s, s, p, p } }' | conntrack -R - >/dev/null 2>&1 || true`,
    ),
  );

const PINGER = '/run/pinger.pid';

/** On a node there is always somebody who opens connections; what finds no entry is dropped each time. */
const busy = ({ victim, peer }: Cluster) =>
  onPod(victim.pods[1], `ping -q -i 0.1 -w 200 ${peer.pods[1].address} >/dev/null 2>&1 & echo $! >${PINGER}`);

const emptied = (node: LabNode) => onNode(node, 'conntrack -F');
const quiet = ({ victim }: Cluster) => [onNode(victim, `kill $(cat ${PINGER})`), emptied(victim)];

const both = ({ victim, peer }: Cluster) => [between(victim, peer, 'fails'), between(peer, victim, 'fails')];
const flowing = (cluster: Cluster) => both(cluster).map(({ broken: _, ...probe }) => probe);

export default scenario({
  fault: 'conntrack-table-full',
  title: { en: 'the connection table of a node is full', zh: '节点的连接跟踪表已满' },
  play: (cluster) => ({
    break: [emptied(cluster.victim), ...filled(cluster.victim, 100, 'SEEN_REPLY,ASSURED'), busy(cluster)],
    heal: quiet(cluster),
    probes: both(cluster),
    expect: {
      subject: `node/${cluster.victim.name}`,
      unmendable: 'nf_conntrack_max can be written in the first network namespace only (net/netfilter/nf_conntrack_standalone.c)',
    },
    symptom: `new connections from and to ${cluster.victim.name} time out, those that are up go on; dmesg says nf_conntrack: table full, dropping packet`,
  }),
  twins: [
    {
      name: 'it is full of entries that are not assured, which make room',
      play: (cluster) => ({
        make: [emptied(cluster.victim), ...filled(cluster.victim, 100, 'SEEN_REPLY'), busy(cluster)],
        unmake: quiet(cluster),
        probes: flowing(cluster),
      }),
    },
    {
      name: 'it is nine tenths full',
      play: (cluster) => ({
        make: [emptied(cluster.victim), ...filled(cluster.victim, 90, 'SEEN_REPLY,ASSURED'), busy(cluster)],
        unmake: quiet(cluster),
        probes: flowing(cluster),
      }),
    },
  ],
  // hundreds of thousands of entries stay no pair's, and no cluster's that others are to use
  needs: { apart: true },
});
