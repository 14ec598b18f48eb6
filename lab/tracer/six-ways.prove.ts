import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { ip, type Place, place } from '../real/three-nodes.ts';
import { Tracer } from './tracer.ts';

/**
 * Run by tracer.test.ts in namespaces of its own: a packet is lost in six known ways between two hosts and a router,
 * and the trace must say where and why.
 */
const [west, router, east] = [await place('west'), await place('router'), await place('east')];
ip('link add eth0 netns west type veth peer name to-west netns router\n');
ip('link add eth0 netns east type veth peer name to-east netns router\n');
ip('addr add 10.1.0.10/24 dev eth0\nlink set eth0 up\nlink set lo up\nroute add default via 10.1.0.1\n', west.within);
ip('addr add 10.2.0.10/24 dev eth0\nlink set eth0 up\nlink set lo up\nroute add default via 10.2.0.1\n', east.within);
ip('addr add 10.1.0.1/24 dev to-west\naddr add 10.2.0.1/24 dev to-east\nlink set to-west up\nlink set to-east up\n', router.within);
router.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');

const tracer = await Tracer.start();
for (const { name } of [west, router, east]) tracer.name(name, `/run/netns/${name}`);

const SEND = `
const [, from, to, port] = process.argv;
const socket = require('node:dgram').createSocket('udp4');
socket.bind(Number(port), from, () => socket.send('x', 5000, to, () => setTimeout(() => process.exit(), 200)));
`;
let port = 40_000;

/** Sends one UDP packet from a source port of its own and asks where it died. */
async function lost(from: Place, source: string, target: string): Promise<string> {
  port += 1;
  const since = process.hrtime.bigint();
  from.run(process.execPath, '-e', SEND, source, target, String(port));
  const drops = await tracer.drops({ protocol: 'udp', from: source, to: target, ports: { from: port, to: 5000 }, since });
  return drops.map(({ place, device, reason, kernelFunction }) => `${place}/${device} ${reason} @${kernelFunction}`).join(', ');
}

async function during(
  make: string[],
  undo: string[],
  at: Place,
  expected: string,
  source = '10.1.0.10',
  target = '10.2.0.10',
): Promise<void> {
  assert.equal(at.run(...make).exit, 0, make.join(' '));
  assert.equal(await lost(west, source, target), expected, make.join(' '));
  assert.equal(at.run(...undo).exit, 0, undo.join(' '));
}

// east has no listener: the packet that arrives dies there, and its sender is told.
const arrives = 'east/eth0 NO_SOCKET @__udp4_lib_rcv';
assert.equal(await lost(west, '10.1.0.10', '10.2.0.10'), arrives);

const legacy = (action: string) => ['iptables-legacy', action, 'FORWARD', '-p', 'udp', '-j', 'DROP'];
await during(legacy('-I'), legacy('-D'), router, 'router/to-west NETFILTER_DROP @nf_hook_slow');
const nft = (action: string) => ['iptables-nft', action, 'FORWARD', '-p', 'udp', '-j', 'DROP'];
await during(nft('-I'), nft('-D'), router, 'router/to-west NETFILTER_DROP @nft_do_chain');
const route = (action: string) => ['ip', 'route', action, '10.2.0.0/24', 'dev', 'to-east'];
await during(route('del'), route('add'), router, 'router/to-west IP_INNOROUTES @ip_error');
await during(
  ['ip', 'neigh', 'replace', '10.1.0.1', 'lladdr', '02:00:00:00:00:99', 'dev', 'eth0', 'nud', 'permanent'],
  ['ip', 'neigh', 'del', '10.1.0.1', 'dev', 'eth0'],
  west,
  'router/to-west OTHERHOST @ip_rcv_core',
);
west.run('ping', '-c1', '-W1', '10.1.0.1'); // the router answers no ARP of a source that it would not accept
router.run('sysctl', '-qw', 'net.ipv4.conf.to-west.rp_filter=1');
await during(
  ['ip', 'addr', 'add', '10.9.0.9/32', 'dev', 'lo'],
  ['true'],
  west,
  'router/to-west IP_RPFILTER @ip_rcv_finish_core',
  '10.9.0.9',
);

ip('link add vx type vxlan id 7 dstport 8472 local 10.1.0.10 nolearning\naddr add 10.7.0.1/24 dev vx\nlink set vx up\n', west.within);
router.run('sysctl', '-qw', 'net.ipv4.conf.to-west.rp_filter=0');
ip('neigh add 10.7.0.2 lladdr 02:00:00:00:07:02 dev vx nud permanent\n', west.within);
assert.equal(await lost(west, '10.7.0.1', '10.7.0.2'), 'west/vx NO_TX_TARGET @vxlan_xmit');

// The carrier of a packet is found by what it carries.
west.run('bridge', 'fdb', 'append', '02:00:00:00:07:02', 'dev', 'vx', 'dst', '10.2.0.10');
await during(nft('-I'), nft('-D'), router, 'router/to-west NETFILTER_DROP @nft_do_chain', '10.7.0.1', '10.7.0.2');

// An inode that goes to another namespace takes its old name along only in the past.
tracer.forget('/run/netns/west');
await wait(10);
assert.match(await lost(west, '10.7.0.1', '10.7.0.2'), /^east\/eth0 /);
await tracer.stop();
console.log('lost in six ways');
process.exit(0);
