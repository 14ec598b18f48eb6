import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { etcdctl, startEtcd } from './etcd.ts';
import { startFlanneld } from './flanneld.ts';
import { nodesOnSwitch, type Place, pod, run } from './three-nodes.ts';

/**
 * node udp-backend.prove.ts CLI FOLDER, run by udp-backend.test.ts in namespaces of its own: two nodes whose real flanneld carries
 * the packets itself, through a TUN device. Whether a ping is answered, and with which TTL, is the judge of what the product says
 * of the nodes' captures.
 */
const [cli = '', folder = ''] = process.argv.slice(2);

const { hub, nodes } = await nodesOnSwitch(2);
const etcd = await startEtcd({ within: hub.within, folder: '/run/etcd', address: '172.31.9.100' });
const ask = (...args: string[]) => etcdctl(hub.within, etcd.endpoint, args);
ask('put', '/coreos.com/network/config', '{"Network":"10.100.0.0/16","SubnetLen":24,"Backend":{"Type":"udp"}}');
const start = (node: Place) => startFlanneld({ within: node.within, endpoint: etcd.endpoint, log: `/run/${node.name}.log` });
const flanneld = await Promise.all(nodes.map(start));
const subnets = flanneld.map(({ subnet }) => subnet);
const pods = await Promise.all(nodes.map((node, at) => pod(node, subnets[at]?.FLANNEL_SUBNET ?? '', subnets[at]?.FLANNEL_MTU ?? '')));
const [[, second], [from, to]] = [nodes, pods];
assert.ok(second && from && to);
for (const [at, node] of nodes.entries()) {
  node.run('mkdir', '-p', '/run/netns');
  node.run('ip', 'netns', 'attach', `pod${at + 1}`, pods[at]?.within[2] ?? '');
}

/** What real packets see: the TTL of the answer, or nothing. */
function pinged(): number | undefined {
  const ttl = /ttl=(\d+)/.exec(from?.run('ping', '-c1', '-W1', to?.address ?? '').text ?? '')?.[1];
  return ttl === undefined ? undefined : Number(ttl);
}

type Walk = { readonly at: { readonly node: string }; readonly disposition: string; readonly received: { readonly ttl: number } };
type Outcome = Walk & { readonly works: string; readonly reply: Walk | null; readonly reason: { readonly code: string } };

/** Runs the product, in a place or outside of all. */
function leadline(args: readonly string[], within: readonly string[] = []): string {
  const { exit, text } = run([...within, process.execPath, '--no-warnings', cli, ...args]);
  assert.equal(exit, 0, text);
  return text;
}

/** What the product says of the same ping, from the captures of both nodes and a listing of etcd's keys. */
function traced(look: string): Outcome {
  const own = `${folder}/${look}`;
  mkdirSync(`${own}/etcd`, { recursive: true });
  writeFileSync(`${own}/etcd/leases.txt`, ask('get', '--prefix', '/coreos.com/network/'));
  leadline(['import', `${own}/etcd`, '--out', `${own}/etcd.tar`]);
  for (const { name, within } of nodes) {
    // the processes of the others are none of this node's
    const alone = [...within, 'unshare', '--pid', '--fork', '--mount-proc'];
    leadline(['capture', '--node', name, '--looks', '1', '--out', `${own}/${name}.tar`], alone);
  }
  const captures = ['etcd', ...nodes.map(({ name }) => name)].map((name) => `${own}/${name}.tar`);
  const { outcomes } = JSON.parse(leadline(['trace', ...captures, '--from', 'n1/pod1', '--to', `${to?.address}/icmp`, '-o', 'json']));
  assert.equal(outcomes.length, 1);
  return outcomes[0];
}

const LIMIT_MS = 60_000;

/** The TTL of an answer that must come: on a busy machine it may take longer than one ping waits. */
async function answered(): Promise<number> {
  for (const end = Date.now() + LIMIT_MS; ; await wait(50)) {
    const ttl = pinged();
    if (ttl !== undefined) return ttl;
    assert.ok(Date.now() < end, 'no ping is answered');
  }
}

await answered();
const healthy = traced('healthy');
assert.equal(healthy.works, 'yes');
assert.equal(healthy.reply?.received.ttl, await answered(), 'each flanneld takes one from the TTL, as each node does');

const rule = ['INPUT', '-p', 'udp', '--dport', '8285', '-j', 'DROP'];
second.run('iptables', '-A', ...rule);
assert.equal(pinged(), undefined);
const filtered = traced('filtered');
assert.deepEqual([filtered.works, filtered.at.node, filtered.reason.code], ['no', 'n2', 'NETFILTER_DROP']);
second.run('iptables', '-D', ...rule);
await answered();

await flanneld[1]?.stop();
assert.equal(pinged(), undefined);
const stopped = traced('stopped');
assert.deepEqual([stopped.works, stopped.at.node, stopped.reason.code], ['no', 'n2', 'NO_SOCKET']);
for (const daemon of [...flanneld, etcd]) await daemon.stop();
console.log('healthy, filtered, stopped');
process.exit(0);
