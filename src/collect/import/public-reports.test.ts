import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Facts } from '#facts/facts';
import { readFacts } from '#parsers/read';
import { snapshotOf } from '../archive/archive.ts';
import { importPiles } from './import.ts';

// From public reports, with names of hosts replaced, and the lines as the tools break them where a page had joined them.

/** CentOS 7, net-tools 2.0: a kubelet whose packets are dropped; its Send-Q grows. */
const NETSTAT = `[root@node-26 ~]# netstat -antpl |grep kubelet
tcp        0      0 127.0.0.1:10248         0.0.0.0:*               LISTEN      23665/./kubelet
tcp        0    928 10.162.1.26:63876       10.132.106.115:6443     ESTABLISHED 23665/./kubelet
tcp6       0      0 :::4194                 :::*                    LISTEN      23665/./kubelet
tcp6       0      0 :::10250                :::*                    LISTEN      23665/./kubelet
`;

/** Kubernetes 1.10: the kubelet behind a load balancer that lost its flows. */
const KUBELET = `E0415 17:03:11.351872 16624 kubelet_node_status.go:374] Error updating node status, will retry: error getting node "node-88": Get https://10.13.10.12:6443/api/v1/nodes/node-88?resourceVersion=0&timeout=5s: net/http: request canceled (Client.Timeout exceeded while awaiting headers)
`;

/** tcpdump -n on cni0: one lookup, its two repetitions, all from one source port to a DNS server that is dead. */
const TCPDUMP = `# 10.96.0.10 became 10.244.1.52.53
21:27:52.521261 IP 10.244.0.80.41805 > 10.244.1.52.53: 51985+ AAAA? kubernetes.default.svc.cluster.local. (54)
21:27:57.521607 IP 10.244.0.80.41805 > 10.244.1.52.53: 51985+ AAAA? kubernetes.default.svc.cluster.local. (54)
21:28:02.522524 IP 10.244.0.80.41805 > 10.244.1.52.53: 51985+ AAAA? kubernetes.default.svc.cluster.local. (54)
`;

/** CentOS 7 with flannel 0.7 and mk-docker-opts.sh, both files in one paste. */
const FLANNEL = `[root@xxx ~]# cat /run/flannel/subnet.env
FLANNEL_NETWORK=10.100.0.0/16
FLANNEL_SUBNET=10.100.28.1/24
FLANNEL_MTU=1450
FLANNEL_IPMASQ=false
[root@xxx ~]# cat /run/flannel/docker
DOCKER_OPT_BIP="--bip=10.100.28.1/24"
DOCKER_OPT_IPMASQ="--ip-masq=true"
DOCKER_OPT_MTU="--mtu=1450"
DOCKER_NETWORK_OPTIONS=" --bip=10.100.28.1/24 --ip-masq=true --mtu=1450"
`;

const HERE = { node: 'A', netns: '' };

function imported(text: string): { readonly facts: Facts; readonly formats: readonly (string | null)[] } {
  const files = [{ folders: [], name: 'pasted.txt', content: Buffer.from(text) }];
  const { archive } = importPiles([{ name: 'report', isFolder: true, files }], 'A', '0');
  const { facts, formats, problems } = readFacts(snapshotOf(archive));
  assert.deepEqual(problems, []);
  return { facts, formats: formats.map(({ format }) => format) };
}

describe('older forms from public reports', () => {
  it('netstat of CentOS 7 behind a grep: sockets with their queues and processes, and no claim to be all', () => {
    const { facts, formats } = imported(NETSTAT);
    assert.deepEqual(formats, ['netstat']);
    const node = facts.nodes()[0] ?? '';
    const sockets = facts.partition('socket', { node, netns: '' });
    const stuck = sockets?.facts.find(({ sendQ }) => sendQ === 928);
    assert.deepEqual(
      [stuck?.local.port, stuck?.remote?.address, stuck?.remote?.port, stuck?.process?.pid, stuck?.process?.name],
      [63876, '10.132.106.115', 6443, 23665, 'kubelet'],
    );
    assert.deepEqual([sockets?.facts.length, sockets?.covers], [4, []]);
  });

  it('a line of the kubelet', () => {
    const { facts, formats } = imported(KUBELET);
    assert.deepEqual(formats, ['log']);
    const [line] = [...facts.partitions()].find(({ kind }) => kind === 'log-line')?.facts ?? [];
    assert.ok(line !== undefined && 'level' in line && 'text' in line);
    assert.equal(line.level, 'error');
    assert.match(String(line.text), /^Error updating node status.*10\.13\.10\.12:6443.*Client\.Timeout exceeded/);
  });

  it('tcpdump of one lookup: three times the same source port, five seconds apart', () => {
    const { facts, formats } = imported(TCPDUMP);
    assert.deepEqual(formats, ['tcpdump']);
    const packets = facts.partition('packet', HERE)?.facts ?? [];
    assert.deepEqual(
      packets.map(({ source, sourcePort, destination, destinationPort, protocol }) => [
        source,
        sourcePort,
        destination,
        destinationPort,
        protocol,
      ]),
      Array.from({ length: 3 }, () => ['10.244.0.80', 41805, '10.244.1.52', 53, 'udp']),
    );
    const [first, second] = packets.map(({ atMs }) => atMs ?? Number.NaN);
    assert.ok(Math.abs((second ?? 0) - (first ?? 0) - 5000.346) < 0.01);
  });

  it("flannel's subnet.env and Docker's options out of one paste", () => {
    const { facts, formats } = imported(FLANNEL);
    assert.deepEqual(formats, ['subnet-env', 'docker-options']);
    const node = facts.nodes()[0] ?? '';
    const [env] = facts.partition('subnet-env', { node, netns: '' })?.facts ?? [];
    assert.deepEqual(
      [env?.network, env?.subnet, env?.gateway, env?.mtu, env?.ipMasq],
      ['10.100.0.0/16', '10.100.28.0/24', '10.100.28.1', 1450, false],
    );
    const [docker] = facts.partition('docker-options', { node, netns: '' })?.facts ?? [];
    assert.deepEqual(
      [docker?.bridgeAddress, docker?.bridgeSubnet, docker?.mtu, docker?.ipMasq],
      ['10.100.28.1', '10.100.28.0/24', 1450, true],
    );
  });
});
