import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { etcdctl, startEtcd } from './etcd.ts';
import { type Flanneld, startFlanneld } from './flanneld.ts';
import { nodesOnSwitch, type Place, pod } from './three-nodes.ts';

/**
 * Run by flanneld.test.ts in namespaces of its own: three nodes with the real flanneld, one lease rewritten with an old
 * MAC. What the real thing then does is the judge of the lab's stand-in.
 */
const OLD_MAC = '02:de:ad:00:41:01';
const { hub, nodes } = await nodesOnSwitch(3);
const etcd = await startEtcd({ within: hub.within, folder: '/run/etcd', address: '172.31.9.100' });
const ask = (...args: string[]) => etcdctl(hub.within, etcd.endpoint, args);
ask('put', '/coreos.com/network/config', '{"Network":"10.100.0.0/16","SubnetLen":24,"Backend":{"Type":"vxlan","VNI":1,"Port":8472}}');

const start = (node: Place) => startFlanneld({ within: node.within, endpoint: etcd.endpoint, log: `/run/${node.name}.log` });
const flanneld: Flanneld[] = await Promise.all(nodes.map(start));
const pods = await Promise.all(
  nodes.map((node, at) => pod(node, flanneld[at]?.subnet.FLANNEL_SUBNET ?? '', flanneld[at]?.subnet.FLANNEL_MTU ?? '')),
);

/** Who reaches whom, each pair by one ping: `1→2 2→1 …`, only those that answer within a second. */
function reach(): string {
  const pairs = pods.flatMap((from, a) => pods.map((to, b) => ({ from, to, name: `${a + 1}→${b + 1}` })));
  const answering = pairs.filter(({ from, to }) => from !== to && from.run('ping', '-c1', '-W1', to.address).exit === 0);
  return answering.map(({ name }) => name).join(' ');
}

const LIMIT_MS = 30_000;

async function settled(look: () => boolean, what: string): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!look()) {
    assert.ok(Date.now() < end, what);
    await wait(50);
  }
}

/** On a busy machine an answer may take longer than its ping waits: then all are asked again. */
async function reached(wanted: string): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  for (let seen = reach(); seen !== wanted; seen = reach()) assert.ok(Date.now() < end, `${seen}, not ${wanted}`);
}

const [first, second] = nodes;
assert.ok(first && second);
const fdb = (node: Place) => node.run('bridge', 'fdb', 'show', 'dev', 'flannel.1').text;
await settled(() => nodes.every((node) => fdb(node).match(/dst 172/g)?.length === 2), 'every node knows the two others');
const everyone = '1→2 1→3 2→1 2→3 3→1 3→2';
await reached(everyone);

const key = `/coreos.com/network/subnets/${pods[1]?.address.replace(/\d+$/, '0')}-24`;
const lease = ask('get', key, '--print-value-only').trim();
const mac = /"VtepMAC":"([^"]+)"/.exec(lease)?.[1] ?? '';
const leaseId = BigInt(/"lease":(\d+)/.exec(ask('get', key, '-w', 'json'))?.[1] ?? 0).toString(16);
ask('put', `--lease=${leaseId}`, key, lease.replace(mac, OLD_MAC));
await settled(() => fdb(first).includes(OLD_MAC), 'a peer programs the old MAC');
assert.match(first.run('ip', 'neigh', 'show', 'dev', 'flannel.1').text, new RegExp(`lladdr ${OLD_MAC} PERMANENT`));
await reached('1→3 3→1');

const owner = flanneld[1];
assert.ok(owner);
assert.ok(owner.running());
await owner.stop();
assert.equal(owner.running(), false);
const again = await start(second);
assert.equal(again.subnet.FLANNEL_SUBNET, owner.subnet.FLANNEL_SUBNET);
assert.equal(ask('get', key, '--print-value-only').trim(), lease);
await settled(() => first.run('ip', 'neigh', 'show', 'dev', 'flannel.1').text.includes(mac), 'a peer programs the true MAC again');
await reached(everyone);
assert.ok(fdb(first).includes(OLD_MAC), 'flanneld leaves the old FDB entry behind');
assert.match(readFileSync('/run/n2.log', 'utf8'), /Found lease .* for current IP \(172\.31\.9\.2\), reusing/);
for (const daemon of [...flanneld, again, etcd]) await daemon.stop();
console.log('healthy, broken, healed');
process.exit(0);
