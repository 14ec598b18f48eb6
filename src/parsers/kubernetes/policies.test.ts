import assert from 'node:assert/strict';
import test from 'node:test';
import type { FactOf, KindId } from '#facts/kinds';
import { factsOf, parseText } from '#testing/parse-text';
import kubernetes from './kubernetes.ts';

/** Hand-made after the API's own examples. */
const NETWORK_POLICY = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: 'shop', name: 'db' },
  spec: {
    podSelector: { matchLabels: { role: 'db' }, matchExpressions: [{ key: 'old', operator: 'DoesNotExist' }] },
    ingress: [
      {
        from: [
          { ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } },
          { namespaceSelector: {}, podSelector: { matchLabels: { role: 'api' } } },
          { podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } },
        ],
        ports: [{ port: 6379 }, { protocol: 'UDP', port: 'dns' }, { protocol: 'SCTP', port: 32000, endPort: 32768 }],
      },
      {},
    ],
  },
};

const GLOBAL = {
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'GlobalNetworkPolicy',
  metadata: { name: 'security.deny-metadata' },
  spec: {
    tier: 'security',
    order: 10.5,
    selector: "role == 'web'",
    egress: [
      { action: 'Deny', protocol: 'TCP', destination: { nets: ['169.254.169.254/32'], ports: [80, '8000:8080', 'http'] } },
      { action: 'Allow', protocol: 17, source: { serviceAccounts: { names: ['a'] } } },
      { action: 'Allow', http: { methods: ['GET'] } },
    ],
  },
};

const read = <K extends KindId>(kind: K, object: unknown, argv: readonly string[] = []): readonly FactOf<K>[] =>
  factsOf(parseText(kubernetes, JSON.stringify(object), { argv: [...argv] }), kind);

test('a NetworkPolicy is read with what it leaves out', () => {
  const [policy] = read('network-policy', NETWORK_POLICY);
  assert.deepEqual(policy?.types, ['Ingress']);
  assert.deepEqual(policy?.pods.matchExpressions, [{ key: 'old', operator: 'DoesNotExist', values: [] }]);
  const [rule, open] = policy?.ingress ?? [];
  assert.deepEqual(
    rule?.peers?.map(({ is }) => is),
    ['block', 'pods', 'unclear'],
  );
  assert.deepEqual(rule?.ports, [
    { protocol: 'TCP', port: 6379, endPort: null },
    { protocol: 'UDP', port: 'dns', endPort: null },
    { protocol: 'SCTP', port: 32000, endPort: 32768 },
  ]);
  assert.deepEqual(open, { path: 'spec.ingress[1]', peers: null, ports: null });
});

test("a policy of Calico's is no NetworkPolicy of Kubernetes', though its kind is called so", () => {
  const own = { ...GLOBAL, kind: 'NetworkPolicy', metadata: { namespace: 'shop', name: 'default.x' } };
  assert.equal(read('network-policy', own).length, 0);
  assert.equal(read('calico-policy', own)[0]?.namespace, 'shop');
  const [policy] = read('calico-policy', GLOBAL);
  assert.deepEqual(policy?.types, ['Egress']);
  assert.equal(policy?.order, 10.5);
  const [deny, account, http] = policy?.egress ?? [];
  assert.deepEqual(deny?.destination.ports, [
    { is: 'range', from: 80, to: 80 },
    { is: 'range', from: 8000, to: 8080 },
    { is: 'name', name: 'http' },
  ]);
  assert.equal(account?.protocol, '17');
  assert.deepEqual(account?.source.serviceAccounts, { names: ['a'], selector: '' });
  assert.match(http?.unclear ?? '', /HTTP/);
});

test('an empty list is evidence where it is known what was asked for', () => {
  const empty = JSON.stringify({ apiVersion: 'v1', items: [], kind: 'List', metadata: {} });
  const covers = (argv: string[]) => parseText(kubernetes, empty, { argv }).readings.map((one) => [one.kind, one.covers]);
  assert.deepEqual(covers(['kubectl', 'get', 'networkpolicies.networking.k8s.io', '-A', '-o', 'json']), [['network-policy', true]]);
  assert.deepEqual(covers(['kubectl', 'get', 'gnp,tiers', '-o', 'json']), [
    ['calico-policy', ['global']],
    ['calico-tier', true],
  ]);
  assert.deepEqual(covers(['kubectl', 'get', 'networkpolicies.crd.projectcalico.org', '-A', '-o', 'yaml']), [
    ['calico-policy', ['namespaced']],
  ]);
  assert.deepEqual(covers(['kubectl', 'get', 'netpol', '-n', 'shop', '-o', 'json']), [['network-policy', []]]);
  assert.deepEqual(covers(['kubectl', 'get', 'pods', '-A', '-l', 'app=web', '-o', 'json']), []);
  assert.deepEqual(covers([]), []);
});

test('policies that are not evaluated are kept by name', () => {
  const named = (apiVersion: string, kind: string) =>
    read('foreign-policy', { apiVersion, kind, metadata: { name: 'a' }, spec: {} }).map((one) => [one.kind, one.name, one.namespace]);
  assert.deepEqual(named('cilium.io/v2', 'CiliumClusterwideNetworkPolicy'), [['CiliumClusterwideNetworkPolicy', 'a', null]]);
  const later = named('policy.networking.k8s.io/v9', 'AdminNetworkPolicy');
  assert.deepEqual(later, [['AdminNetworkPolicy', 'a', null]], 'a version that is not known');
  assert.deepEqual(named('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy'), []);
});

test('a Service tells how its addresses are served, a Pod its ports', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'shop', name: 'web' },
    spec: {
      type: 'LoadBalancer',
      clusterIP: '10.96.0.7',
      externalTrafficPolicy: 'Local',
      sessionAffinity: 'ClientIP',
      loadBalancerSourceRanges: ['192.0.2.0/24'],
      healthCheckNodePort: 31000,
      ports: [{ port: 80 }],
    },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.7', ipMode: 'Proxy' }, { hostname: 'lb.example.org' }] } },
  };
  const policy = read('service', service)[0]?.policy;
  assert.deepEqual([policy?.external, policy?.internal, policy?.affinitySeconds], ['Local', 'Cluster', 10_800]);
  assert.deepEqual(policy?.loadBalancer, [
    { address: '203.0.113.7', hostname: null, mode: 'Proxy' },
    { address: null, hostname: 'lb.example.org', mode: 'VIP' },
  ]);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ ports: [{ name: 'http', containerPort: 80, hostPort: 8080 }] }] },
  };
  assert.deepEqual(read('pod', pod)[0]?.ports, [{ name: 'http', port: 80, protocol: 'TCP', host: { address: null, port: 8080 } }]);
  assert.equal(read('pod', pod)[0]?.serviceAccount, 'default');
});

test('what other groups call so is none of the kinds that are read, but for policies, which are named', () => {
  const object = (apiVersion: string, kind: string): object => ({ apiVersion, kind, metadata: { namespace: 'shop', name: 'x' } });
  assert.equal(read('service', object('serving.knative.dev/v1', 'Service')).length, 0);
  assert.equal(read('node', object('longhorn.io/v1beta2', 'Node')).length, 0);
  assert.equal(read('calico-tier', object('crd.antrea.io/v1beta1', 'Tier')).length, 0);
  assert.equal(read('endpoints', object('discovery.k8s.io/v1beta1', 'EndpointSlice')).length, 1);
  assert.equal(read('network-policy', object('extensions/v1beta1', 'NetworkPolicy')).length, 1);
  const named = [
    object('crd.antrea.io/v1beta1', 'NetworkPolicy'),
    object('network.openshift.io/v1', 'EgressNetworkPolicy'),
    object('k8s.ovn.org/v1', 'EgressFirewall'),
    object('networking.k8s.aws/v1alpha1', 'ApplicationNetworkPolicy'),
  ];
  assert.deepEqual(
    named.map((one) => read('foreign-policy', one).length),
    [1, 1, 1, 1],
  );
  assert.equal(read('foreign-policy', object('k8s.cni.cncf.io/v1beta1', 'MultiNetworkPolicy')).length, 0);
});
