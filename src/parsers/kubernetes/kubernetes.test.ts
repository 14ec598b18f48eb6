import assert from 'node:assert/strict';
import test from 'node:test';
import { stringify } from 'yaml';
import type { KindId } from '#facts/kinds';
import { factsOf, parseText, withoutOrigin } from '#testing/parse-text';
import kubernetes from './kubernetes.ts';

// hand-made after the objects of Kubernetes 1.34 and flannel 0.28.4
const LIST = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: 'n1',
        annotations: {
          'flannel.alpha.coreos.com/backend-data': '{"VNI":1,"VtepMAC":"86:5d:92:b8:94:e1"}',
          'flannel.alpha.coreos.com/backend-type': 'vxlan',
          'flannel.alpha.coreos.com/public-ip': '172.31.9.3',
          'kubectl.kubernetes.io/last-applied-configuration': '{"secret":"hunter2"}',
        },
      },
      spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] },
      status: {
        addresses: [
          { type: 'InternalIP', address: '172.31.9.3' },
          { type: 'Hostname', address: 'n1' },
        ],
        conditions: [
          { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'no CNI', lastHeartbeatTime: '2026-11-21T05:43:23Z' },
        ],
        nodeInfo: { kubeletVersion: 'v1.34.4' },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: 'kube-system' },
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.96.0.10',
        clusterIPs: ['10.96.0.10'],
        selector: { 'k8s-app': 'kube-dns' },
        ports: [{ name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'headless', namespace: 'default' },
      spec: { clusterIP: 'None', ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'kube-dns-x', namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
      addressType: 'IPv4',
      ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
      endpoints: [
        {
          addresses: ['10.244.1.5'],
          conditions: { ready: false, serving: true, terminating: true },
          nodeName: 'n1',
          targetRef: { kind: 'Pod', name: 'coredns-1' },
        },
      ],
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'kube-dns', namespace: 'kube-system' },
      subsets: [
        {
          addresses: [{ ip: '10.244.1.5', nodeName: 'n1' }],
          notReadyAddresses: [{ ip: '10.244.1.6' }],
          ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
        },
      ],
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'coredns-1', namespace: 'kube-system', uid: 'u-1', labels: { 'k8s-app': 'kube-dns' } },
      spec: { nodeName: 'n1', containers: [{ env: [{ name: 'PASSWORD', value: 'hunter2' }] }] },
      status: { phase: 'Running', podIP: '10.244.1.5', podIPs: [{ ip: '10.244.1.5' }], conditions: [{ type: 'Ready', status: 'True' }] },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { token: 'aHVudGVyMg==' } },
  ],
};

const KINDS: readonly KindId[] = ['node', 'service', 'endpoints', 'pod', 'lease'];
const all = (text: string) => KINDS.map((kind) => factsOf(parseText(kubernetes, text), kind).map(withoutOrigin));

test('JSON and YAML of one list give equal facts, with the same paths', () => {
  const json = JSON.stringify(LIST, null, 2);
  assert.deepEqual(all(stringify(LIST)), all(json));
  const [pod] = factsOf(parseText(kubernetes, stringify(LIST)), 'pod');
  assert.equal(pod?.origin.path, 'items[5]');
});

test('a Node tells its state, its pod prefix, and flannel its lease in the annotations', () => {
  const text = JSON.stringify(LIST);
  const [node] = factsOf(parseText(kubernetes, text), 'node');
  assert.equal(node?.ready?.reason, 'KubeletNotReady');
  assert.deepEqual(node?.internalIps, ['172.31.9.3']);
  const [lease] = factsOf(parseText(kubernetes, text), 'lease').map(withoutOrigin);
  assert.deepEqual(lease, {
    subnet: '10.244.1.0/24',
    store: { in: 'node', node: 'n1' },
    publicIp: '172.31.9.3',
    backend: 'vxlan',
    vtepMac: '86:5d:92:b8:94:e1',
    vni: 1,
    etcdLease: undefined,
    ttlSeconds: undefined,
    modRevision: undefined,
    value: '{"VNI":1,"VtepMAC":"86:5d:92:b8:94:e1"}',
  });
});

test('Services, slices, Endpoints and Pods are read', () => {
  const [, services, endpoints, pods] = all(JSON.stringify(LIST));
  assert.deepEqual(
    services?.map((one) => 'clusterIps' in one && one.clusterIps),
    [['10.96.0.10'], []],
  );
  assert.equal(endpoints?.length, 2);
  const [slice, object] = factsOf(parseText(kubernetes, JSON.stringify(LIST)), 'endpoints');
  assert.deepEqual(slice?.addresses[0], {
    address: '10.244.1.5',
    ready: false,
    serving: true,
    terminating: true,
    node: 'n1',
    pod: 'coredns-1',
    zone: null,
    forZones: null,
    forNodes: null,
  });
  assert.deepEqual(
    object?.addresses.map(({ ready, serving }) => [ready, serving]),
    [
      [true, undefined],
      [false, undefined],
    ],
  );
  assert.equal(pods?.length, 1);
});

test('no secret of any object becomes a fact', () => {
  assert.ok(!/hunter2|aHVudGVyMg/.test(JSON.stringify(parseText(kubernetes, JSON.stringify(LIST)))));
});

test('only what was asked for in all namespaces lists everything', () => {
  const pods = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [LIST.items[5]] });
  const covers = (argv: string[]) => parseText(kubernetes, pods, { argv }).readings[0]?.covers;
  assert.deepEqual(covers(['kubectl', 'get', 'pods', '-n', 'kube-system', '-o', 'json']), []);
  assert.equal(covers(['kubectl', 'get', 'pods', '-A', '-o', 'json']), true);
  assert.deepEqual(covers([]), []);
});

test('a list that shows several namespaces, of whatever kinds, lists each of its kinds everywhere', () => {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' } };
  const coversOf = (...items: readonly unknown[]) =>
    parseText(kubernetes, JSON.stringify({ apiVersion: 'v1', kind: 'List', items })).readings.find(({ kind }) => kind === 'pod')?.covers;
  assert.deepEqual(coversOf(LIST.items[5]), []);
  assert.equal(coversOf(LIST.items[5], account), true);
  const [here, there] = ['a', 'b'].map((namespace) => ({ ...LIST.items[5], metadata: { name: 'x', namespace } }));
  const lists = [here, there].map((pod) => stringify({ apiVersion: 'v1', kind: 'List', items: [pod] })).join('---\n');
  assert.deepEqual(parseText(kubernetes, lists).readings[0]?.covers, [], 'two lists of one namespace each are not a list of all');
});

test('hostile documents give problems and no exception', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
    .split('')
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join()}]`)
    .join('\n')}\napiVersion: v1\nkind: Pod\n`;
  const deep = `{"apiVersion":"v1","kind":"List","items":${'['.repeat(20000)}${']'.repeat(20000)}}`;
  const wrong = JSON.stringify({
    apiVersion: 1,
    kind: 'PodList',
    items: [null, 5, { metadata: { name: [] } }, { kind: 'Node', metadata: { name: 'x' }, spec: [], status: 'y' }],
  });
  for (const text of [
    bomb,
    deep,
    wrong,
    '---\n---\n: :\n',
    'apiVersion: v1\nkind: [',
    `apiVersion: v1\nitems: ${'['.repeat(5000)}`,
    '{"__proto__":{"kind":"Pod"},"kind":"Pod"}',
  ]) {
    assert.doesNotThrow(() => parseText(kubernetes, text));
  }
  assert.ok(parseText(kubernetes, bomb).problems.length > 0);
});

test('of an endpoint the first address counts, and a condition that is left out is as good as told', () => {
  const [slice] = factsOf(
    parseText(
      kubernetes,
      JSON.stringify({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
        addressType: 'IPv4',
        ports: [{ name: '', port: 80 }],
        endpoints: [{ addresses: ['10.1.2.3', '10.1.2.4'] }, { addresses: ['10.1.2.5'], conditions: { ready: false, terminating: true } }],
      }),
    ),
    'endpoints',
  );
  assert.deepEqual(
    slice?.addresses.map(({ address, ready, serving, terminating }) => [address, ready, serving, terminating]),
    [
      ['10.1.2.3', true, true, false],
      ['10.1.2.5', false, true, true],
    ],
  );
});
