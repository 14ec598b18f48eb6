import assert from 'node:assert/strict';
import test from 'node:test';
import { plainWordsIn } from './plain-words.ts';

const told = (line: string): string | undefined => {
  const said = plainWordsIn(line);
  if (said === undefined) return undefined;
  const { from, to, port, protocol, standing } = said;
  assert.deepEqual([port, protocol], [null, 'icmp']);
  return `${from ?? '?'} ${to}${standing === true ? '' : ' echo'}`;
};

test('an address without a port, or a node, that words say cannot be reached is told', () => {
  for (const [line, expected] of [
    ['ping 10.244.3.7: Destination Host Unreachable', '? 10.244.3.7 echo'],
    ['ping -c 3 10.244.3.7: Destination Host Unreachable', '? 10.244.3.7 echo'],
    ['10.244.3.7: Destination Host Unreachable', '? 10.244.3.7 echo'],
    ["can't ping 10.100.41.10", '? 10.100.41.10 echo'],
    ['ping to 10.1.2.3 fails', '? 10.1.2.3 echo'],
    ['ping 10.100.41.10 丢包 100%', '? 10.100.41.10 echo'],
    ['无法ping通 10.1.2.3', '? 10.1.2.3 echo'],
    ['ping 不通 10.1.2.3', '? 10.1.2.3 echo'],
    ['ping fd00::10: Destination Host Unreachable', '? fd00::10 echo'],
    ['no route to host 10.1.2.3', '? 10.1.2.3'],
    ['No route to host: 10.1.2.3', '? 10.1.2.3'],
    ['fd00::10: No route to host', '? fd00::10'],
    ['10.1.2.3 is unreachable', '? 10.1.2.3'],
    ['pods on A cannot reach 10.1.2.3.', '? 10.1.2.3'],
    ['connection to 10.1.2.3 timed out', '? 10.1.2.3'],
    ["wget: can't connect to remote host (10.1.2.3): Connection timed out", '? 10.1.2.3'],
    ['10.1.2.3 | UNREACHABLE! => {', '? 10.1.2.3'],
    ['访问 10.96.0.1 超时', '? 10.96.0.1'],
    ['10.244.1.5 cannot reach 10.244.3.7', '10.244.1.5 10.244.3.7'],
    ['cannot reach 10.1.2.3 from node A', 'A 10.1.2.3'],
    ['pod shop/web cannot connect to 10.1.2.3', 'shop/web 10.1.2.3'],
    ['node kube-3 is NotReady', '? node/kube-3'],
    ['cannot reach node kube-3', '? node/kube-3'],
    ['nobody can reach node D', '? node/D'],
    ['node kube-3 cannot be reached', '? node/kube-3'],
    ['Node kube-3 status is now: NodeNotReady', '? node/kube-3'],
    ['node "kube-3" not ready', '? node/kube-3'],
    ['kube-3   NotReady   <none>   5d   v1.20.1', '? node/kube-3'],
    ['node 192.168.1.3 is down', '? 192.168.1.3'],
    ['节点 kube-3 不可达', '? node/kube-3'],
    ['其他节点无法访问节点 kube-3', '? node/kube-3'],
  ] as const)
    assert.equal(told(line), expected, line);
});

test('the place that a sentence names is told, a pod of a node is not the node', () => {
  for (const [line, expected] of [
    ['在A节点ping不通D节点的10.100.41.2', 'A 10.100.41.2 echo'],
    ['pod在A节点ping不通D节点的10.100.41.2', '? 10.100.41.2 echo'],
    ['从A节点上的pod访问 10.100.41.2 超时', '? 10.100.41.2'],
    ['从 A 节点访问 D 节点的 10.100.41.2 超时', 'A 10.100.41.2'],
    ['从 10.1.2.3 ping 不通 10.1.2.4', '10.1.2.3 10.1.2.4 echo'],
    ['从A无法访问 10.1.2.4', 'A 10.1.2.4'],
    ['从 web 访问 shop/db 超时', 'web shop/db'],
    ['ping 10.100.41.2 from A: 100% packet loss', 'A 10.100.41.2 echo'],
    ['ping shop/web from pod db: 100% packet loss', 'db shop/web echo'],
    ['ping node D from A: timed out', 'A node/D echo'],
    ['ping 10.1.2.3 from the pod: 100% packet loss', '? 10.1.2.3 echo'],
    ['cannot ping 10.1.2.3 from A', 'A 10.1.2.3 echo'],
    ['cannot reach 10.1.2.3 from outside', '? 10.1.2.3'],
    ['从昨天开始访问 10.1.2.3 超时', '? 10.1.2.3'],
    ['从 1.2.3 访问 1.2.3 超时', undefined],
    ['从 A 访问 10.1.2.3，没有问题', undefined],
    ['从 v1.2 升级到 v1.3 超时', undefined],
  ] as const)
    assert.equal(told(line), expected, line);
  const { from, to, port, protocol, standing } = plainWordsIn('从 web 访问 shop/db:3306 超时') ?? {};
  assert.deepEqual([from, to, port, protocol, standing], ['web', 'shop/db', 3306, 'tcp', false]);
});

test('versions, tags, prefixes, resolvers, who reports an error, and what is not now, tell of nothing', () => {
  for (const line of [
    'version 1.2.3.4 times out',
    'v1.2.3.4 is unreachable',
    'upgrade to 1.2.3.4 timed out',
    'release 10.2.3.4 fails',
    'kube-proxy-1.2.3.4 fails',
    'Failed to pull image "registry.example.org/web:1.2.3.4": timed out',
    '10.0.0.0/8 is unreachable',
    'cannot reach 10.0.0.0/8',
    'listening on 0.0.0.0, timeout 30s',
    'cannot reach 0.0.0.0',
    'cannot reach 127.0.0.1',
    'cannot reach 224.0.0.1',
    'nameserver 10.96.0.10',
    'nameserver 10.96.0.10 timeout:2',
    'lookup web on 10.96.0.10: timed out',
    'communications error to 10.96.0.10#53: timed out',
    'From 10.244.1.1 icmp_seq=1 Destination Host Unreachable',
    'Reply from 10.1.1.1: Destination host unreachable.',
    '05:43:23 IP 10.1.1.1 > 10.2.2.2: ICMP host 10.3.3.3 unreachable, length 36',
    '64 bytes from 10.1.2.3: icmp_seq=1 ttl=64 time=0.1 ms',
    'ping 10.1.2.3 works, telnet times out',
    'inet 10.1.2.3/24 brd 10.1.2.255 scope global eth0',
    'default via 10.1.2.3 dev eth0 linkdown',
    '10.1.2.3 dev eth0 FAILED',
    'peers 10.0.0.1 and 10.0.0.2: timed out',
    'cannot reach 10.1.2.3:8080',
    '10.1.2.3 no longer times out',
    'node kube-3 was NotReady',
    'if node kube-3 is NotReady, pods are evicted',
    'the node is not ready',
    'nodes are not ready',
    'nodeport fails',
    'Error updating node status, will retry',
    'cannot reach node status endpoint',
    'pods on D cannot be reached',
    'node kube-3 is Ready',
  ])
    assert.equal(told(line), undefined, line);
});

test('a hostile line takes no time', () => {
  const started = process.cpuUsage();
  for (const piece of ['node ', '1.', 'ping 1', 'cannot reach the host ', ':a', ': ', '-x 1 ', '从 a', 'ping a from ', '在a节点'])
    for (const end of ['', ' unreachable', ' timed out']) plainWordsIn(`${piece.repeat(480 / piece.length)}${end}`);
  assert.ok(process.cpuUsage(started).user < 2_000_000);
});
