import assert from 'node:assert/strict';
import test from 'node:test';
import { Facts } from '#facts/facts';
import type { KindId } from '#facts/kinds';
import kubernetes from '#parsers/kubernetes/kubernetes';
import { CLUSTER } from '#snapshot/scope';
import { parseText } from '#testing/parse-text';
import { ip } from '#net/ip';
import { policyLints } from './lints.ts';
import { policyVerdict } from './policy-verdict.ts';
import { endOfPod, type PolicyEnd, type PolicyQuestion } from './question.ts';

type Labels = Readonly<Record<string, string>>;

const pod = (namespace: string, name: string, address: string, labels: Labels, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name, labels },
  spec: { nodeName: 'a', containers: [{ ports: [{ name: 'http', containerPort: 8080 }] }], ...more },
  status: { podIP: address, hostIP: '192.0.2.1' },
});

const OBJECTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'shop', 'kubernetes.io/metadata.name': 'shop' } } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ops', labels: { 'kubernetes.io/metadata.name': 'ops' } } },
  pod('shop', 'web', '10.244.0.5', { app: 'web' }),
  pod('shop', 'db', '10.244.1.5', { app: 'db' }, { nodeName: 'b' }),
  pod('ops', 'probe', '10.244.1.6', { app: 'probe' }),
  pod('ops', 'agent', '192.0.2.1', { app: 'agent' }, { hostNetwork: true }),
];

const KINDS: readonly KindId[] = [
  'network-policy',
  'pod',
  'kubernetes-namespace',
  'calico-policy',
  'calico-tier',
  'calico-network-set',
  'calico-host-endpoint',
];

/** The facts of the usual objects and some policies, every list whole. */
function cluster(...policies: readonly object[]): Facts {
  const { readings } = parseText(kubernetes, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...OBJECTS, ...policies] }));
  return Facts.of(
    KINDS.map((kind) => {
      const facts = readings.find((one) => one.kind === kind)?.facts ?? [];
      return { kind, scope: CLUSTER, facts, looks: [], readings: [{ file: 'api' }], covers: true } as never;
    }),
  );
}

function endOf(facts: Facts, name: string): PolicyEnd {
  const read = facts.seen('pod', CLUSTER);
  const found = read.is === 'gap' ? undefined : read.value.find((one) => `${one.namespace}/${one.name}` === name);
  const end = found === undefined ? undefined : endOfPod(found);
  return end ?? { is: 'address', address: ip`${name}`, node: null };
}

const asked = (facts: Facts, from: string, to: string, port = 8080, protocol: PolicyQuestion['protocol'] = 'TCP'): PolicyQuestion => ({
  from: endOf(facts, from),
  to: endOf(facts, to),
  protocol,
  port: protocol === 'ICMP' ? null : port,
});

const verdict = (facts: Facts, from: string, to: string, port?: number, protocol?: PolicyQuestion['protocol']): string =>
  policyVerdict(facts, asked(facts, from, to, port, protocol)).is;

const netpol = (name: string, spec: object): object => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: 'shop', name },
  spec,
});

const gnp = (name: string, spec: object): object => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'GlobalNetworkPolicy',
  metadata: { name },
  spec,
});

const WEB_TO_DB = netpol('db', {
  podSelector: { matchLabels: { app: 'db' } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 'http' }] }],
});

test('a pod that a policy selects is closed but for what a rule allows', () => {
  const facts = cluster(WEB_TO_DB);
  assert.equal(verdict(facts, 'shop/web', 'shop/db'), 'allowed');
  assert.equal(verdict(facts, 'shop/web', 'shop/db', 8081), 'denied');
  assert.equal(verdict(facts, 'ops/probe', 'shop/db'), 'denied');
  assert.equal(verdict(facts, 'shop/db', 'ops/probe'), 'allowed');
  const { ingress } = policyVerdict(facts, asked(facts, 'ops/probe', 'shop/db'));
  assert.match(ingress.says, /NetworkPolicy shop\/db selects it for ingress and no rule of it allows it/);
  assert.equal(ingress.by[0]?.policy, 'NetworkPolicy shop/db');
});

test('default deny without a rule says so', () => {
  const facts = cluster(netpol('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }));
  const { egress, is } = policyVerdict(facts, asked(facts, 'shop/web', 'ops/probe'));
  assert.equal(is, 'denied');
  assert.match(egress.says, /without any rule: everything is denied/);
  assert.equal(verdict(facts, 'shop/web', 'shop/web'), 'allowed');
});

test('pods of the node network are their node, which is always open to its own pods', () => {
  const facts = cluster(netpol('deny', { podSelector: {} }));
  assert.equal(verdict(facts, 'ops/agent', 'shop/web'), 'allowed');
  assert.equal(verdict(facts, 'ops/agent', 'shop/db'), 'denied');
});

test('an ipBlock holds pods with some plugins and with others not: unknown until it is known which', () => {
  const block = netpol('block', {
    podSelector: { matchLabels: { app: 'db' } },
    ingress: [{ from: [{ ipBlock: { cidr: '10.244.0.0/16', except: ['10.244.0.0/24'] } }] }],
  });
  assert.equal(verdict(cluster(block), 'ops/probe', 'shop/db'), 'unknown');
  assert.equal(verdict(cluster(block), 'shop/web', 'shop/db'), 'denied');
  assert.equal(verdict(cluster(block, gnp('x', { selector: "none == 'x'" })), 'ops/probe', 'shop/db'), 'allowed');
});

test('whether an ipBlock holds a node is a setting of Cilium: unknown there, and until it is known which plugin there is', () => {
  const block = netpol('block', {
    podSelector: { matchLabels: { app: 'db' } },
    ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }],
  });
  const cilium = pod('kube-system', 'cilium-x7k2p', '192.0.2.1', {}, { hostNetwork: true });
  assert.equal(verdict(cluster(block, cilium), 'ops/agent', 'shop/db'), 'unknown');
  assert.equal(verdict(cluster(block, cilium), '192.0.2.9', 'shop/db'), 'allowed');
  assert.equal(verdict(cluster(block), 'ops/agent', 'shop/db'), 'unknown');
  assert.equal(verdict(cluster(block, gnp('x', { selector: "none == 'x'" })), 'ops/agent', 'shop/db'), 'allowed');
});

test('what a missing list could change is unknown', () => {
  const facts = cluster(WEB_TO_DB);
  const partition = facts.partition('network-policy', CLUSTER);
  assert.ok(partition !== undefined);
  const partial = facts.with({ ...partition, covers: [] });
  assert.equal(verdict(partial, 'shop/web', 'shop/db'), 'unknown'); // another may select web for egress
  assert.equal(policyVerdict(partial, asked(partial, 'shop/web', 'shop/db')).ingress.is, 'allowed');
  assert.equal(verdict(partial, 'ops/probe', 'shop/db'), 'unknown');
  assert.equal(verdict(facts.without('kubernetes-namespace', CLUSTER), 'shop/web', 'shop/db'), 'allowed');
});

test("Calico's tiers: order, Pass, and a tier's end", () => {
  const early = gnp('security.meta', {
    tier: 'security',
    order: 1,
    selector: "app == 'web'",
    types: ['Egress'],
    egress: [
      { action: 'Deny', protocol: 'TCP', destination: { nets: ['169.254.169.254/32'], ports: ['80:90'] } },
      { action: 'Log' },
      { action: 'Pass', destination: { selector: "app in {'db'}" } },
    ],
  });
  const tier = { apiVersion: 'crd.projectcalico.org/v1', kind: 'Tier', metadata: { name: 'security' }, spec: { order: 100 } };
  const facts = cluster(early, tier, WEB_TO_DB);
  assert.equal(verdict(facts, 'shop/web', '169.254.169.254', 80), 'denied');
  assert.equal(verdict(facts, 'shop/web', 'shop/db'), 'allowed');
  assert.equal(verdict(facts, 'shop/web', '198.51.100.1'), 'denied');
  const { egress } = policyVerdict(facts, asked(facts, 'shop/web', 'shop/db'));
  assert.match(egress.says, /spec.egress\[2\] of GlobalNetworkPolicy security.meta passes it on/);
});

test('of a tier that was not captured nothing is guessed: its place and its end count only where they do not matter', () => {
  const early = (rule: object): object => gnp('x.early', { tier: 'x', selector: "app == 'web'", types: ['Egress'], egress: [rule] });
  const allow = { action: 'Allow', destination: { selector: "app == 'db'" } };
  const deny = gnp('late', { selector: "app == 'web'", types: ['Egress'], egress: [{ action: 'Deny' }] });
  assert.equal(verdict(cluster(early(allow)), 'shop/web', 'shop/db'), 'allowed');
  assert.equal(verdict(cluster(early(allow)), 'shop/web', 'ops/probe'), 'unknown');
  assert.equal(verdict(cluster(early({ ...allow, action: 'Deny' }), deny), 'shop/web', 'shop/db'), 'denied');
  const { egress } = policyVerdict(cluster(early(allow), deny), asked(cluster(early(allow), deny), 'shop/web', 'shop/db'));
  assert.equal(egress.is, 'unknown');
  assert.match(egress.says, /not all tiers of the cluster were listed/);
});

test('nor of several tiers which of them comes first', () => {
  const inTier = (tier: string, action: string): object =>
    gnp(`${tier}.web`, { tier, selector: "app == 'web'", types: ['Egress'], egress: [{ action }] });
  const first = (...actions: readonly string[]): string =>
    verdict(cluster(...actions.map((action, at) => inTier(`t${at}`, action))), 'shop/web', 'shop/db');
  assert.deepEqual([first('Allow', 'Deny'), first('Deny', 'Allow'), first('Allow', 'Allow')], ['unknown', 'unknown', 'allowed']);
  assert.equal(first('Allow', 'Allow', 'Allow', 'Allow', 'Allow'), 'unknown', 'more orders than are tried');
});

const hostEndpoint = (name: string, more: object = {}): object => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'HostEndpoint',
  metadata: { name, labels: { host: 'yes' } },
  spec: { node: 'a', interfaceName: 'eth0', expectedIPs: ['192.0.2.1'], ...more },
});

test('a HostEndpoint is not evaluated: what it may decide is unknown, and what it cannot is not', () => {
  const open = gnp('x', { selector: "none == 'x'" });
  assert.equal(verdict(cluster(open), 'shop/db', 'ops/agent', 22), 'allowed');
  const guarded = cluster(open, hostEndpoint('a-eth0'));
  assert.equal(verdict(guarded, 'shop/db', 'ops/agent', 22), 'unknown');
  assert.match(policyVerdict(guarded, asked(guarded, 'shop/db', 'ops/agent')).ingress.says, /HostEndpoint a-eth0 stands before a/);
  assert.equal(verdict(guarded, 'shop/db', 'shop/web'), 'allowed');
  const made = hostEndpoint('a-auto', { interfaceName: '*', profiles: ['projectcalico-default-allow'] });
  assert.equal(verdict(cluster(open, made), 'shop/db', 'ops/agent', 22), 'allowed');
  const chosen = gnp('hosts', { selector: "host == 'yes'", ingress: [{ action: 'Deny' }] });
  assert.equal(verdict(cluster(chosen, made), 'shop/db', 'ops/agent', 22), 'unknown');
  assert.equal(verdict(cluster(chosen, made), 'ops/probe', 'shop/web'), 'allowed');
  const forwarded = gnp('forwarded', { selector: "host == 'yes'", applyOnForward: true, ingress: [{ action: 'Deny' }] });
  assert.equal(verdict(cluster(forwarded, made), '198.51.100.9', 'shop/web'), 'unknown');
  assert.equal(verdict(cluster(forwarded, made), '198.51.100.9', 'shop/db'), 'allowed');
  assert.equal(verdict(cluster(forwarded, made), 'ops/probe', 'shop/web'), 'unknown', 'both on a, and * is every device');
  assert.equal(verdict(cluster(forwarded, hostEndpoint('a-eth0')), 'ops/probe', 'shop/web'), 'allowed', 'both on a, not by eth0');
  const unlisted = cluster(open).without('calico-host-endpoint', CLUSTER);
  assert.equal(verdict(unlisted, 'shop/db', 'ops/agent', 22), 'unknown');
});

test('a rule names nodes by their HostEndpoints', () => {
  const only = gnp('only', { selector: "app == 'db'", ingress: [{ action: 'Allow', source: { selector: "host == 'yes'" } }] });
  const made = hostEndpoint('a-auto', { profiles: ['projectcalico-default-allow'] });
  const facts = cluster(only, made);
  assert.equal(verdict(facts, 'ops/agent', 'shop/db'), 'allowed');
  assert.equal(verdict(facts, '198.51.100.9', 'shop/db'), 'denied');
});

test("Calico's selectors: namespaces, accounts, network sets, what is not asked", () => {
  const set = {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'GlobalNetworkSet',
    metadata: { name: 'partners', labels: { role: 'partner' } },
    spec: { nets: ['198.51.100.0/24'] },
  };
  const own = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'NetworkPolicy',
    metadata: { namespace: 'shop', name: 'in' },
    spec: {
      selector: "app == 'db'",
      ingress: [
        { action: 'Allow', source: { selector: "app == 'web'" } },
        { action: 'Allow', source: { namespaceSelector: "projectcalico.org/name == 'ops'", serviceAccounts: { names: ['default'] } } },
        { action: 'Allow', source: { selector: "role == 'partner'", namespaceSelector: 'global()' } },
        { action: 'Allow', protocol: 'ICMP', icmp: { type: 8 } },
      ],
    },
  };
  const facts = cluster(set, own);
  assert.equal(verdict(facts, 'shop/web', 'shop/db'), 'allowed');
  assert.equal(verdict(facts, 'ops/probe', 'shop/db'), 'allowed');
  assert.equal(verdict(facts, '198.51.100.9', 'shop/db'), 'allowed');
  assert.equal(verdict(facts, '203.0.113.9', 'shop/db'), 'denied');
  assert.equal(verdict(facts, '203.0.113.9', 'shop/db', 0, 'ICMP'), 'allowed');
});

test('a rule that leaves out prefixes of one family says nothing of the other', () => {
  const rule = { action: 'Allow', source: { notNets: ['10.0.0.0/8'] } };
  const facts = cluster(gnp('not', { selector: "app == 'db'", ingress: [rule] }));
  assert.equal(verdict(facts, '198.51.100.9', 'shop/db'), 'allowed');
  const to = endOf(facts, 'shop/db');
  const question = { ...asked(facts, '2001:db8::9', 'shop/db'), to: { ...to, address: ip`fd00:10:244::5` } };
  assert.equal(policyVerdict(facts, question).is, 'denied');
});

test('a rule about HTTP is unknown only where it decides', () => {
  const rule = { action: 'Allow', http: { methods: ['GET'] } };
  const before = cluster(gnp('http', { selector: "app == 'db'", ingress: [rule, { action: 'Allow' }] }));
  assert.equal(verdict(before, 'shop/web', 'shop/db'), 'allowed');
  const after = cluster(gnp('http', { selector: "app == 'db'", ingress: [rule] }));
  assert.equal(verdict(after, 'shop/web', 'shop/db'), 'unknown');
});

test('a policy of an API that is not evaluated makes verdicts unknown', () => {
  const wide = { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata: { name: 'a' }, spec: {} };
  const facts = cluster();
  const reading = parseText(kubernetes, JSON.stringify(wide)).readings.find(({ kind }) => kind === 'foreign-policy');
  const foreign = { kind: 'foreign-policy', scope: CLUSTER, facts: reading?.facts ?? [], looks: [], readings: [{ file: 'a' }], covers: [] };
  assert.equal(verdict(facts, 'shop/web', 'shop/db'), 'allowed');
  assert.equal(verdict(facts.with(foreign as never), 'shop/web', 'shop/db'), 'unknown');
});

test('one that has a namespace selects pods of that namespace alone', () => {
  const own = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { namespace: 'ops', name: 'c' }, spec: {} };
  const facts = cluster();
  const reading = parseText(kubernetes, JSON.stringify(own)).readings.find(({ kind }) => kind === 'foreign-policy');
  const foreign = { kind: 'foreign-policy', scope: CLUSTER, facts: reading?.facts ?? [], looks: [], readings: [{ file: 'c' }], covers: [] };
  assert.equal(verdict(facts.with(foreign as never), 'shop/web', 'shop/db'), 'allowed');
  assert.equal(verdict(facts.with(foreign as never), 'shop/web', 'ops/probe'), 'unknown');
  assert.match(
    policyVerdict(facts.with(foreign as never), asked(facts, 'shop/web', 'ops/probe')).ingress.says,
    /CiliumNetworkPolicy ops\/c/,
  );
});

test('policies that do nothing are told', () => {
  const typo = netpol('typo', {
    podSelector: { matchLabels: { app: 'dbb' } },
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'x' } } }] }],
  });
  const port = netpol('port', { podSelector: { matchLabels: { app: 'db' } }, ingress: [{ ports: [{ port: 'htp' }] }] });
  const dns = netpol('dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 443 }] }] });
  const broken = gnp('broken', { selector: "app = 'x'" });
  assert.deepEqual(
    policyLints(cluster(typo, port, dns, broken)).map(({ is, policy }) => `${policy}: ${is}`),
    [
      'NetworkPolicy shop/typo: selects no pod',
      'NetworkPolicy shop/typo: names nobody',
      'NetworkPolicy shop/port: port name unknown',
      'NetworkPolicy shop/dns: no DNS',
      'GlobalNetworkPolicy broken: selector not understood',
    ],
  );
  const nobody = gnp('nobody', { selector: "app == 'nobody'" });
  const said = (...more: readonly object[]): readonly string[] =>
    policyLints(cluster(nobody, ...more)).map(({ is, policy }) => `${policy}: ${is}`);
  assert.deepEqual(said(hostEndpoint('a-eth0')), ['GlobalNetworkPolicy nobody: selects no pod']);
  assert.deepEqual(said({ ...hostEndpoint('a-eth0'), metadata: { name: 'a-eth0', labels: { app: 'nobody' } } }), []);
});
