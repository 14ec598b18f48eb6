import assert from 'node:assert/strict';
import test from 'node:test';
import { diagnose } from '#engine/diagnose';
import type { Fault } from '#engine/fault';
import { invariants } from '#engine/invariants';
import { edit, type Edit } from '#facts/edit';
import { Facts } from '#facts/facts';
import { type Ip, ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { dualStack, six } from '#testing/built/dual-stack';
import { inNftMode } from '#testing/built/nft-mode';
import { endpointChain, serviceChain } from '#testing/built/rules';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const RESOLV_CONF = {
  path: '/etc/resolv.conf',
  nameservers: [{ address: ip`10.96.0.10`, line: 2 }],
  search: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
  options: ['ndots:5'],
};
const LISTENER = {
  protocol: 'udp',
  state: 'UNCONN',
  local: { address: ip`0.0.0.0`, port: 53, dev: null },
  remote: null,
  v6Only: undefined,
  recvQ: 0,
  sendQ: 0,
  timer: null,
  process: { name: 'coredns', pid: 41 },
  inode: 4242,
  uid: 0,
  tcp: null,
} as const;

/** A cluster whose pods ask 10.96.0.10, behind which A and B answer. */
const healthy = withDns(cluster({ nodes: 3 }));
const b = healthy.node('B');
const subject = `address/${healthy.pod('B', 1).address}`;
const machine = `address/${b.address}`;

function withDns(built: BuiltCluster): BuiltCluster {
  const asking = built.nodes.flatMap(({ pods }) => pods).reduce((now, pod) => now.put('resolv-conf', pod.scope, RESOLV_CONF), built);
  return [built.pod('A', 1), built.pod('B', 1)].reduce((now, pod) => now.put('socket', pod.scope, LISTENER), asking);
}

/** B's machine is gone: nothing of it can be captured, and the others have asked for it in vain. */
const asked = (built: BuiltCluster, state: 'failed' | 'stale'): BuiltCluster =>
  built.nodes
    .filter(({ name }) => name !== 'B')
    .reduce(
      (now, { scope, uplink }) =>
        now.put('neighbour', scope, { dev: uplink, address: b.address, mac: state === 'failed' ? null : b.uplinkMac, state, proxy: false }),
      built.withoutNode('B'),
    );

const dead = asked(healthy, 'failed');
const client = healthy.pod('A').address;
/** The dead machine's endpoint of the DNS Service keeps its clients on A. */
const keeping = keptOn(dead);
/** The pod was deleted on its node, which lives. */
const gone = withoutPod(healthy);

function keptOn(built: BuiltCluster): BuiltCluster {
  const dns = healthy.services.find(({ name }) => name === 'kube-system/kube-dns:dns');
  const [address] = dns?.endpoints.slice(1) ?? [];
  if (dns === undefined || address === undefined) throw new Error('no DNS server on B');
  const { scope } = healthy.node('A');
  const list = endpointChain(dns, address);
  const asks = `-m recent --rcheck --seconds 10800 --reap --name ${list} --mask 255.255.255.255 --rsource`;
  return built
    .rule(scope, 'nat', `-A ${serviceChain(dns)} -m comment --comment "${dns.name} -> ${address}:53" ${asks} -j ${list}`, 1)
    .put('recent-address', scope, { list, address: client, ttl: 64, times: 3, seenMs: [900, 3100, 5400] });
}

function withoutPod(built: BuiltCluster, which = 1): BuiltCluster {
  const pod = built.pod('B', which);
  const kinds = [
    'link',
    'address',
    'route',
    'rule',
    'neighbour',
    'fdb',
    'iptables',
    'nft',
    'conntrack',
    'socket',
    'counter',
    'link-counters',
    'sysctl',
    'resolv-conf',
  ] as const;
  return kinds
    .reduce((now, kind) => now.without(kind, pod.scope), built)
    .drop('link', b.scope, pod.veth)
    .drop('namespace', b.scope, ({ id }) => id === pod.netns);
}

/** B lives and was not captured; the lease of its subnet, and what the others hold for it, names a machine that is gone. */
const misled = misledTo(ip`192.168.1.99`, healthy.withoutNode('B'));
/** B lives and was captured, calls the subnet its own, and its pods have addresses of another one. */
const movedAway = misledTo(ip`192.168.1.99`, withoutPod(withoutPod(healthy), 0));

function misledTo(gone: Ip, built: BuiltCluster): BuiltCluster {
  const others = built.change('lease', CLUSTER, ({ subnet: own }) => own === b.subnet, { publicIp: gone });
  return others.nodes
    .filter(({ name }) => name !== 'B')
    .reduce(
      (now, { scope, uplink, vtep }) =>
        now
          .change('fdb', scope, ({ dev, dst }) => dev === vtep.device && dst === b.address, { dst: gone })
          .put('neighbour', scope, { dev: uplink, address: gone, mac: null, state: 'failed', proxy: false }),
      others,
    );
}

/** A leads what is for B's pods to its own bridge, where nobody answers; nobody has asked for B's machine, which was not captured. */
const astray = ledAstray(asked(healthy, 'stale'));

function ledAstray(built: BuiltCluster): BuiltCluster {
  const { scope, bridge } = built.node('A');
  const address = healthy.pod('B', 1).address;
  return built
    .change('route', scope, ({ to }) => to === b.subnet, { hops: [{ dev: bridge, via: null, onlink: false, weight: 1, dead: false }] })
    .put('neighbour', scope, { dev: bridge, address, mac: null, state: 'failed', proxy: false });
}

/** The API's objects of that, without the pod and without one kind of them. */
function unlisted(kind: 'endpoints' | 'service' | 'pod'): Facts {
  const told = withApi(gone);
  const pods = told.partition('pod', CLUSTER);
  if (pods === undefined) throw new Error('the built objects have no pods');
  const left = pods.facts.filter(({ addresses }) => !addresses.includes(healthy.pod('B', 1).address));
  return told.with({ ...pods, facts: left }).without(kind, CLUSTER);
}

/** B's machine is gone, and the others have asked for both of its addresses. */
function deadSix(built: BuiltCluster): Facts {
  const facts = dualStack(built);
  const left = Facts.of([...facts.partitions()].filter(({ scope }) => scope.node !== 'B'));
  const asking = ['A', 'C'].flatMap((node) =>
    [b.address, six(b.address)].map((address): Edit => {
      const fact = { dev: b.uplink, address, mac: null, state: 'failed', proxy: false } as const;
      return { op: 'put', kind: 'neighbour', scope: onNode(node), fact };
    }),
  );
  return edit(left, asking, 'asked in vain');
}
const bySix = `address/${six(healthy.pod('B', 1).address)}`;

cases(fault, {
  found: [
    { name: 'the machine of a DNS server is gone', facts: dead.facts, subject: machine },
    { name: 'its endpoint of IPv6 is as dead', facts: deadSix(healthy), subject: bySix },
    { name: 'the same in nftables mode', facts: deadSix(inNftMode(healthy)), subject: bySix },
    { name: 'the same where kube-proxy is in nftables mode', facts: inNftMode(dead).facts, subject: machine },
    { name: 'in nftables mode its Services keep clients there', facts: inNftMode(dead, 10800).facts, subject: machine },
    { name: 'in nftables mode the pod is gone from its node', facts: inNftMode(gone).facts, subject },
    { name: 'its Node is at the address that its lease names', facts: withApi(dead), subject: machine },
    { name: 'its Service keeps clients there', facts: keeping.facts, subject: machine },
    { name: 'the same without a lease: each endpoint by itself', facts: dead.without('lease', CLUSTER).facts, subject },
    { name: 'the pod is gone from its node', facts: gone.facts, subject },
    { name: 'the API still lists the pod that is gone', facts: withApi(gone).without('endpoints', CLUSTER), subject },
  ],
  absent: [
    { name: 'all endpoints answer', facts: healthy.facts },
    { name: 'in nftables mode all endpoints answer', facts: inNftMode(healthy, 600).facts },
    {
      name: 'only the way there is broken: its node was captured and has it',
      facts: healthy.change('neighbour', healthy.node('A').scope, `${b.vtep.device} ${b.vtepAddress}`, { mac: healthy.node('C').vtep.mac })
        .facts,
      subject,
    },
    {
      name: 'its lease names a machine that is gone, and the node that calls the subnet its own was captured, without the pod',
      facts: movedAway.facts,
      subject: 'address/192.168.1.99',
    },
    {
      name: 'nothing listens there, but the pod answers',
      facts: healthy.drop('socket', healthy.pod('B', 1).scope, ({ local }) => local.port === 53).facts,
      subject,
    },
  ],
  unknown: [
    { name: 'in nftables mode nobody has asked for its machine', facts: inNftMode(asked(healthy, 'stale')).facts, subject: machine },
    {
      name: 'its lease names a machine that is gone, and its Node is at another address',
      facts: withApi(misled),
      subject: 'address/192.168.1.99',
    },
    { name: 'nobody has asked for its machine', facts: asked(healthy, 'stale').facts, subject: machine },
    { name: 'no pod has the address by now, and the slices were not listed', facts: unlisted('endpoints'), subject },
    { name: 'no pod has the address by now, and the Services were not listed', facts: unlisted('service'), subject },
    { name: 'a pod is gone from its node, and the pods were not listed', facts: unlisted('pod'), subject },
    {
      name: 'which addresses a captured node has was not read',
      facts: dead.without('address', healthy.node('C').scope).facts,
      subject: machine,
    },
    { name: 'a node leads its packets astray, and nobody has asked for its machine', facts: astray.facts, subject: machine },
    { name: 'the same without a lease', facts: astray.without('lease', CLUSTER).facts, subject },
    { name: 'no rules were read', facts: healthy.nodes.reduce((now, { scope }) => now.without('iptables', scope), healthy).facts },
  ],
});

test('where a Service keeps its clients the rules that lead them back go too, and the page names whom', () => {
  const { findings } = diagnose(keeping.facts, [fault as unknown as Fault], invariants(keeping.facts));
  const [finding] = findings;
  assert.equal(finding?.status, 'proved');
  assert.match(
    fault.texts.en.why(finding.params as never),
    new RegExp(`kube-system/kube-dns:dns keeps a client for 10800 s .*kept there now: ${client}`),
  );
  assert.ok(
    finding.evidence.some(({ file }) => file.includes('recent')),
    'its line on the list is cited',
  );
});

test('in nftables mode the rule that picks is written anew with what is left, and the rules that lead clients back go', () => {
  const { facts } = inNftMode(dead, 10800);
  const [finding] = diagnose(facts, [fault as unknown as Fault], invariants(facts)).findings;
  assert.equal(finding?.status, 'proved');
  const said = finding.fix.steps.map((step) => JSON.stringify(step));
  assert.ok(said.some((step) => /"verb":"insert".*"text":"numgen random mod 1 vmap \{ 0 : goto endpoint-/.test(step)));
  assert.ok(said.some((step) => /"verb":"delete".*"text":"ip saddr @affinity-/.test(step)));
  assert.match(fault.texts.en.why(finding.params as never), /keeps a client for 10800 s .*kept there now: 10\.100\.200\./);
});
