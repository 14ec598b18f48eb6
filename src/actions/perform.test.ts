import { ASKS_NOTHING, type BareRule } from '#facts/iptables/iptables';
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Action } from '#change/change';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { mac } from '#net/mac';
import { onNode } from '#snapshot/scope';
import { type NamespaceWorld, namespaceWorld } from '#testing/namespace-world';
import { addAddress } from './address/preview.ts';
import address from './address/perform.ts';
import { setChainPolicy } from './chain-policy/preview.ts';
import chainPolicy from './chain-policy/perform.ts';
import { setCniConfigAside } from './cni-config/preview.ts';
import cniConfig from './cni-config/perform.ts';
import { deleteConntrack } from './conntrack-entries/preview.ts';
import conntrackEntries from './conntrack-entries/perform.ts';
import { deleteFdb, putFdb } from './fdb/preview.ts';
import fdb from './fdb/perform.ts';
import { writeFile } from './file/preview.ts';
import file from './file/perform.ts';
import { deleteRule, insertRule } from './iptables-rule/preview.ts';
import iptablesRule from './iptables-rule/perform.ts';
import { setLinkMaster, setLinkMtu, setLinkUp } from './link/preview.ts';
import link from './link/perform.ts';
import { deleteNeighbour, putNeighbour } from './neighbour/preview.ts';
import neighbour from './neighbour/perform.ts';
import { setNftChainPolicy } from './nft-chain-policy/preview.ts';
import nftChainPolicy from './nft-chain-policy/perform.ts';
import { deleteNftRule, insertNftRule } from './nft-rule/preview.ts';
import nftRule from './nft-rule/perform.ts';
import { deleteNftTable } from './nft-table/preview.ts';
import nftTable from './nft-table/perform.ts';
import type { Performer } from './performer.ts';
import { addRoute, deleteRoute, replaceRoute } from './route/preview.ts';
import route from './route/perform.ts';
import { addPolicyRule, deletePolicyRule } from './rule/preview.ts';
import policyRule from './rule/perform.ts';
import { closeSocket } from './socket-close/preview.ts';
import socketClose from './socket-close/perform.ts';
import { setSysctl } from './sysctl/preview.ts';
import sysctl from './sysctl/perform.ts';
import { makeVxlanDevice } from './vxlan-device/preview.ts';
import vxlanDevice from './vxlan-device/perform.ts';

const NODE = onNode('A');
const POD = { node: 'A', netns: 'cni-1' };
const SETUP = `ip netns add cni-1
ip link add br0 type bridge && ip link set br0 up && ip addr add 10.1.0.1/24 brd + dev br0
ip link add v1 type veth peer name eth0 netns cni-1 && ip link set v1 master br0 up
ip -n cni-1 link set eth0 up && ip -n cni-1 addr add 10.1.0.2/24 brd + dev eth0 && ip -n cni-1 route add default via 10.1.0.1
ip -n cni-1 link set lo up
for way in legacy nft; do iptables-$way -A FORWARD -s 10.9.0.0/24 -m comment --comment "two words" -j DROP; iptables-$way -A FORWARD -j ACCEPT; done`;

let world: NamespaceWorld | undefined;
let why: string | false = false;

before(async () => {
  world = await namespaceWorld();
  if (world === undefined) why = 'this machine lets nobody make namespaces';
  else await world.setup(SETUP).catch((error: Error) => (why = error.message));
});
after(() => world?.close());

/** Performs an action for real, looks, undoes it and demands the first look again. */
async function there<P>(performer: Performer<P>, action: Action<P>, look: string): Promise<string> {
  assert.ok(world !== undefined);
  const was = await world.setup(look);
  const undo = JSON.parse(JSON.stringify(await performer.prepare(action, world)));
  await performer.perform(action, world);
  const now = await world.setup(look);
  assert.notEqual(now, was);
  await performer.undo(action, undo, world);
  assert.equal(await world.setup(look), was, 'undone');
  await performer.undo(action, undo, world);
  assert.equal(await world.setup(look), was, 'undoing twice is undoing once');
  return now;
}

const real = (name: string, body: () => Promise<void>): void => {
  test(name, async (context) => (why === false ? body() : context.skip(why)));
};

real('forwarding is switched for all devices, and each comes back as it was', async () => {
  const look =
    "sysctl -a 2>/dev/null | grep -E 'ip_forward |conf.*[.]forwarding|all.accept_redirects'; cat /etc/sysctl.d/* 2>/dev/null || true";
  await world?.setup('sysctl -w net.ipv4.ip_forward=0; sysctl -w net.ipv4.conf.br0.forwarding=1');
  assert.match(await there(sysctl, setSysctl(NODE, 'net.ipv4.ip_forward', '1'), look), /ip_forward = 1/);
});

real('a setting is kept in a file of its own', async () => {
  const action: Action<Parameters<typeof sysctl.perform>[0]['params']> = {
    do: 'sysctl',
    on: NODE,
    params: { name: 'net.ipv4.ip_forward', value: '1', now: false, path: '/etc/sysctl.d/99-zz-leadline.conf' },
  };
  assert.equal(await there(sysctl, action, 'cat /etc/sysctl.d/* 2>/dev/null || true'), 'net.ipv4.ip_forward = 1\n');
});

real('policies of both backends are set, each in its own machinery', async () => {
  for (const backend of ['legacy', 'nft'] as const) {
    const action = setChainPolicy(NODE, { family: 4, backend, table: 'filter' }, 'FORWARD', 'DROP');
    assert.match(await there(chainPolicy, action, `iptables-${backend} -S FORWARD`), /-P FORWARD DROP/);
  }
});

const rule = (text: string): BareRule => ({ text, ...ASKS_NOTHING });

real('a rule is deleted at its place and comes back there, quotes and all', async () => {
  for (const backend of ['legacy', 'nft'] as const) {
    const table = { family: 4, backend, table: 'filter' } as const;
    const text = '-A FORWARD -s 10.9.0.0/24 -m comment --comment "two words" -j DROP';
    assert.doesNotMatch(await there(iptablesRule, deleteRule(NODE, table, 'FORWARD', 1, rule(text)), `iptables-${backend} -S`), /DROP/);
    const insert = insertRule(NODE, table, 'FORWARD', 2, rule('-A FORWARD -d 10.8.0.0/16 -j ACCEPT'));
    assert.match(await there(iptablesRule, insert, `iptables-${backend} -S`), /DROP\n-A FORWARD -d 10.8.0.0\/16 -j ACCEPT/);
  }
});

real('a rule whose comment holds a secret is deleted by what was captured of it, and comes back with it', async () => {
  for (const backend of ['legacy', 'nft'] as const) {
    await world?.setup(`iptables-${backend} -I FORWARD -s 10.6.0.0/16 -m comment --comment 'by "bob", password=Hunter2 all' -j DROP`);
    const table = { family: 4, backend, table: 'filter' } as const;
    const captured = (action: string) =>
      deleteRule(
        NODE,
        table,
        'FORWARD',
        1,
        rule(`-A FORWARD -s 10.6.0.0/16 -m comment --comment "by \\"bob\\", password=[redacted] all" -j ${action}`),
      );
    if (world !== undefined) await assert.rejects(iptablesRule.perform(captured('ACCEPT'), world), /nothing is deleted/);
    assert.doesNotMatch(await there(iptablesRule, captured('DROP'), `iptables-${backend} -S`), /Hunter2/);
    await world?.setup(`iptables-${backend} -D FORWARD 1`);
  }
});

real('a table of nftables is deleted and comes back whole', async () => {
  assert.ok(world !== undefined);
  const words = [
    'add table ip left; add chain ip left endpoint-A-default/web/tcp/http__10.1.0.2/8080',
    'add rule ip left endpoint-A-default/web/tcp/http__10.1.0.2/8080 meta l4proto tcp dnat to 10.1.0.2:8080',
    'add map ip left service-ips { type ipv4_addr . inet_proto . inet_service : verdict; comment "two words"; }',
    'add element ip left service-ips { 10.9.0.1 . tcp . 80 comment "default/web:http" : goto endpoint-A-default/web/tcp/http__10.1.0.2/8080 }',
    'add chain ip left nat-output { type nat hook output priority -100; policy accept; }',
    'add rule ip left nat-output ip daddr . meta l4proto . th dport vmap @service-ips',
  ];
  for (const line of words) await world.setup(`nft '${line}'`);
  const action = deleteNftTable(NODE, { family: 'ip', name: 'left' });
  assert.doesNotMatch(await there(nftTable, action, 'nft list ruleset 2>/dev/null'), /table ip left/);
});

const OWN_FIREWALL = [
  'add table inet host',
  'add chain inet host forward { type filter hook forward priority filter; policy drop; comment "two words"; }',
  'add rule inet host forward ip saddr 10.9.0.0/24 counter packets 7 bytes 420 comment "{ one # two"',
  'add rule inet host forward ip daddr { 10.8.0.1, 10.8.0.2, 10.8.0.3, 10.8.0.4, 10.8.0.5, 10.8.0.6, 10.8.0.7 } drop',
  'add rule inet host forward accept',
];
const LISTED = 'nft list table inet host';

real('a rule of native nftables is deleted at any place of its chain, and comes back there with what it counted', async () => {
  assert.ok(world !== undefined);
  for (const line of OWN_FIREWALL) await world.setup(`nft '${line}'`);
  const texts = [
    'ip saddr 10.9.0.0/24 counter comment "{ one # two"',
    'ip daddr { 10.8.0.1, 10.8.0.2, 10.8.0.3, 10.8.0.4, 10.8.0.5, 10.8.0.6, 10.8.0.7 } drop',
    'accept',
  ];
  const table = { family: 'inet', name: 'host' } as const;
  for (const [at, text] of texts.entries()) {
    const rule = { text, handle: undefined, statements: [], comment: null };
    assert.doesNotMatch(
      await there(nftRule, deleteNftRule(NODE, table, 'forward', at + 1, rule), LISTED),
      new RegExp(`^\t\t${text.slice(0, 8)}`, 'm'),
    );
  }
  for (const position of [1, 2, 4]) {
    const insert = insertNftRule(NODE, table, 'forward', position, { text: 'udp dport 8472 accept', statements: [], comment: null });
    const now = (await there(nftRule, insert, LISTED)).split('\n').filter((line) => / (?:accept|drop)$|\taccept$|counter/.test(line));
    assert.match(now[position - 1] ?? '', /8472/);
  }
});

real('a rule of native nftables is deleted by its handle only while it says the same', async () => {
  assert.ok(world !== undefined);
  const table = { family: 'inet', name: 'host' } as const;
  const listed = await world.setup('nft -a list chain inet host forward');
  const handle = Number(/accept # handle (\d+)/.exec(listed)?.[1]);
  const rule = { text: 'accept', handle, statements: [], comment: null };
  assert.doesNotMatch(
    await there(nftRule, deleteNftRule(NODE, table, 'forward', 1, rule), LISTED),
    /\taccept$/m,
    'whatever its place by now',
  );
  for (const other of [
    { ...rule, text: 'drop' },
    { ...rule, handle: 4711 },
    { ...rule, text: undefined },
  ])
    await assert.rejects(nftRule.perform(deleteNftRule(NODE, table, 'forward', 3, other), world), /nothing is deleted/);
  const hostile = deleteNftRule(NODE, { family: 'inet', name: 'host; flush ruleset' }, 'forward', 3, rule);
  await assert.rejects(nftRule.perform(hostile, world), /not a name that nft takes/);
});

real('the policy of a chain of native nftables is set and comes back', async () => {
  const action = setNftChainPolicy(NODE, { family: 'inet', name: 'host' }, 'forward', 'accept');
  assert.match(await there(nftChainPolicy, action, LISTED), /policy accept;/);
});

real('a CNI configuration is put aside, and nothing else', async () => {
  assert.ok(world !== undefined);
  const path = '/etc/cni/net.d/05-calico.conflist';
  await world.setup(`mkdir -p /etc/cni/net.d && echo '{"name":"old"}' >${path}`);
  assert.match(await there(cniConfig, setCniConfigAside(NODE, path), 'ls /etc/cni/net.d'), /^05-calico\.conflist\.leadline-before$/m);
  const hostile = setCniConfigAside(NODE, '/etc/cni/net.d/../../passwd.conf');
  await assert.rejects(cniConfig.perform(hostile, world), /not a CNI configuration/);
});

real('another rule at the place is left alone', async () => {
  assert.ok(world !== undefined);
  const action = deleteRule(NODE, { family: 4, backend: 'legacy', table: 'filter' }, 'FORWARD', 2, rule('-A FORWARD -j DROP'));
  await assert.rejects(iptablesRule.perform(action, world), /nothing is deleted/);
});

real('routes are added, replaced and deleted', async () => {
  const to = cidr`10.5.0.0/24`;
  const usual = plainRoute(to, 'br0', { hops: [{ dev: 'br0', via: ip`10.1.0.2`, onlink: false, weight: 1, dead: false }] });
  assert.match(await there(route, addRoute(NODE, usual), 'ip route'), /10.5.0.0\/24 via 10.1.0.2 dev br0/);
  await world?.setup('ip route add blackhole 10.5.0.0/24');
  assert.doesNotMatch(await there(route, replaceRoute(NODE, usual), 'ip route'), /blackhole/);
  assert.doesNotMatch(await there(route, deleteRoute(NODE, plainRoute(to, null, { type: 'blackhole' })), 'ip route'), /10.5/);
});

real('policy rules are added and deleted, and stand where they stood', async () => {
  const asks = { not: false, from: null, to: cidr`10.5.0.0/24`, iif: 'br0', oif: null, mark: { value: 0x4000, mask: 0x4000 }, tos: null };
  const more = { ipProto: 6, sourcePorts: null, destinationPorts: [53, 80] as const, uidRange: null, suppressPrefixLength: 0 };
  const action = { does: 'lookup', table: '52' } as const;
  const full = { family: 4, priority: 5270, ...asks, ...more, action } as const;
  const said = /5270:\sfrom all to 10.5.0.0\/24 fwmark 0x4000\/0x4000 iif br0 ipproto tcp dport 53-80 lookup 52 suppress_prefixlength 0/;
  assert.match(await there(policyRule, addPolicyRule(NODE, full), 'ip rule'), said);
  await world?.setup('ip rule add prohibit priority 50; ip rule add not fwmark 0xca6c lookup 51820 priority 60');
  const plain = { ...full, iif: null, mark: null, to: null, ipProto: null, destinationPorts: null, suppressPrefixLength: null } as const;
  const kill = deletePolicyRule(NODE, { ...plain, priority: 50, action: { does: 'prohibit' } });
  assert.doesNotMatch(await there(policyRule, kill, 'ip rule'), /prohibit/);
  const wireguard = {
    ...plain,
    priority: 60,
    not: true,
    mark: { value: 0xca6c, mask: 0xffffffff },
    action: { does: 'lookup', table: '51820' },
  } as const;
  assert.doesNotMatch(await there(policyRule, deletePolicyRule(NODE, wireguard), 'ip rule'), /51820/);
});

real('a device inside a pod goes down and comes back with its default route', async () => {
  const look = 'ip -n cni-1 -o -4 route show table all; ip -n cni-1 link show eth0 | grep -o "<.*UP"|| true';
  assert.doesNotMatch(await there(link, setLinkUp(POD, 'eth0', false), look), /default/);
});

real('a port leaves its bridge and its MTU changes', async () => {
  assert.doesNotMatch(await there(link, setLinkMaster(NODE, 'v1', null), 'ip -o link show v1 | grep -o "master br0" || true'), /master/);
  assert.match(await there(link, setLinkMtu(NODE, 'v1', 1400), 'ip -o link show v1'), /mtu 1400/);
});

real('a permanent neighbour is put, in the place of another one too, and taken away', async () => {
  const look = 'ip -4 neigh show nud permanent';
  const [own, other] = [mac`02:00:00:00:00:0a`, mac`02:00:00:00:00:0b`];
  const address = ip`10.1.0.9`;
  assert.match(
    await there(neighbour, putNeighbour(NODE, 'br0', address, own), look),
    /10.1.0.9 dev br0 lladdr 02:00:00:00:00:0a PERMANENT/,
  );
  await world?.setup('ip neigh replace 10.1.0.9 lladdr 02:00:00:00:00:0a dev br0 nud permanent');
  assert.match(
    await there(neighbour, putNeighbour(NODE, 'br0', address, other), look),
    /10.1.0.9 dev br0 lladdr 02:00:00:00:00:0b PERMANENT/,
  );
  assert.doesNotMatch(await there(neighbour, deleteNeighbour(NODE, 'br0', address), look), /10.1.0.9/);
});

const VXLAN = 'ip link add vx0 address 02:00:00:00:00:aa mtu 1450 type vxlan id 1 local 10.1.0.1 dev br0 dstport 8472 nolearning';

real('an entry of a VXLAN device is added, sent elsewhere and deleted', async () => {
  await world?.setup(`${VXLAN} && ip link set vx0 up && bridge fdb append 02:00:00:00:00:02 dev vx0 dst 10.1.0.12`);
  const look = 'bridge fdb show dev vx0 | sort';
  const [known, fresh] = [mac`02:00:00:00:00:02`, mac`02:00:00:00:00:03`];
  assert.match(await there(fdb, putFdb(NODE, 'vx0', fresh, ip`10.1.0.13`), look), /02:00:00:00:00:03 dst 10.1.0.13/);
  const elsewhere = await there(fdb, putFdb(NODE, 'vx0', known, ip`10.1.0.14`), look);
  assert.ok(elsewhere.includes('dst 10.1.0.14') && !elsewhere.includes('dst 10.1.0.12'), elsewhere);
  assert.doesNotMatch(await there(fdb, deleteFdb(NODE, 'vx0', known, ip`10.1.0.12`), look), /02:00:00:00:00:02/);
  await world?.setup('ip link del vx0');
});

real('a VXLAN device is made anew with another VNI, and comes back with all that was on it', async () => {
  await world?.setup(`${VXLAN} && ip addr add 10.6.0.0/32 dev vx0 && ip link set vx0 up
    ip route add 10.6.1.0/24 via 10.6.1.0 dev vx0 onlink && ip neigh replace 10.6.1.0 lladdr 02:00:00:00:00:02 dev vx0 nud permanent
    bridge fdb append 02:00:00:00:00:02 dev vx0 dst 10.1.0.12`);
  const look = `ip -d link show vx0 | grep -oE 'mtu [0-9]+|link/ether [^ ]+|<.*>|vxlan id .* ageing'; ip -4 -o addr show dev vx0 | grep -o 'inet [^ ]*'
    ip route show dev vx0; ip neigh show dev vx0 nud permanent; bridge fdb show dev vx0`;
  const device = { name: 'vx0', mac: mac`02:00:00:00:00:aa`, mtu: 1450, vni: 7, local: ip`10.1.0.1`, dev: 'br0', port: 8472 };
  const now = await there(vxlanDevice, makeVxlanDevice(NODE, { ...device, address: ip`10.6.0.0` }), look);
  assert.match(now, /vxlan id 7 /);
  assert.doesNotMatch(now, /10\.6\.1\.0/);
  await world?.setup('ip link del vx0');
});

real('a file is written, the old one is kept beside it until it is back', async () => {
  const look = 'ls /run/written 2>/dev/null; cat /run/written/* 2>/dev/null || true';
  assert.match(await there(file, writeFile(NODE, '/run/written/new.conf', 'b\n'), look), /^new.conf\nb\n$/);
  await world?.setup('mkdir /run/written && echo old >/run/written/a.conf');
  const now = await there(file, writeFile(NODE, '/run/written/a.conf', 'new\n'), look);
  assert.match(now, /^a.conf\na.conf.leadline-before\nnew\nold\n$/);
});

real('an address is put on a device', async () => {
  assert.match(await there(address, addAddress(NODE, 'br0', ip`10.7.0.1`, 24), 'ip -o -4 addr; ip route'), /10.7.0.1\/24/);
});

real('one tracked connection is forgotten, the others stay', async () => {
  assert.ok(world !== undefined);
  const entry = (port: number): string =>
    `conntrack -I -p udp -s 10.1.0.2 -d 10.96.0.10 --sport ${port} --dport 53 -r 10.1.0.9 -q 10.1.0.2 --reply-port-src 53 --reply-port-dst ${port} -t 60`;
  await world.setup(`${entry(4001)}; ${entry(4002)}`);
  const original = { source: ip`10.1.0.2`, destination: ip`10.96.0.10`, sourcePort: 4001, destinationPort: 53, icmp: null };
  await conntrackEntries.perform(deleteConntrack(NODE, [{ protocol: 'udp', original }]), world);
  const left = await world.setup('conntrack -L -p udp 2>/dev/null');
  assert.ok(left.includes('sport=4002') && !left.includes('sport=4001'), left);
});

/** A server and a client in one process; it ends when the client's socket is gone, and says why. */
const CONVERSATION = `const net = require('node:net');
net.createServer((end) => end.on('error', () => {})).listen(7001, '127.0.0.1', () => {
  const client = net.connect({ port: 7001, host: '127.0.0.1', localPort: 7002 });
  client.on('error', () => {}).on('close', () => { console.log('closed'); process.exit(0); });
});`;

real('one socket is closed by its 4-tuple, and that is seen by looking', async () => {
  assert.ok(world !== undefined);
  const talking = world.run([process.execPath, '-e', CONVERSATION], { timeoutMs: 20_000 });
  const listed = (): Promise<string> => world?.setup('ss -Htn state established sport = :7002') ?? Promise.resolve('');
  for (let tries = 0; tries < 100 && (await listed()) === ''; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.notEqual(await listed(), '');
  const action = closeSocket(NODE, 'tcp', { address: ip`127.0.0.1`, port: 7002 }, { address: ip`127.0.0.1`, port: 7001 });
  await socketClose.perform(action, world);
  assert.equal(await listed(), '');
  assert.match((await talking).stdout.toString(), /closed/);
  await socketClose.perform(action, world);
});
