import type { ApiObject } from '../api.ts';

/** An object to create under its collection, and the status that a controller would write. */
export type Made = { readonly collection: string; readonly object: ApiObject; readonly status?: object };

const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

type NodeShape = {
  readonly name: string;
  readonly ready: 'True' | 'False' | 'Unknown' | undefined;
  readonly addresses: readonly (readonly [string, string])[];
  readonly roles?: readonly string[];
  readonly spec?: object;
};

const nodeOf = ({ name, ready, addresses, roles = [], spec = {} }: NodeShape): Made => ({
  collection: '/api/v1/nodes',
  object: {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: Object.fromEntries(roles.map((role) => [`node-role.kubernetes.io/${role}`, ''])) },
    spec,
  },
  status: {
    addresses: addresses.map(([type, address]) => ({ type, address })),
    ...(ready === undefined
      ? {}
      : {
          conditions: [
            {
              type: 'Ready',
              status: ready,
              reason: 'Lab',
              message: 'as the lab says',
              lastHeartbeatTime: now(),
              lastTransitionTime: now(),
            },
          ],
          nodeInfo: {
            ...{ machineID: '', systemUUID: '', bootID: '', operatingSystem: 'linux', architecture: 'amd64' },
            ...{ kubeletVersion: 'v1.34.4', kubeProxyVersion: '', kernelVersion: '6.1.0-35-amd64' },
            ...{ osImage: 'Debian GNU/Linux 12 (bookworm)', containerRuntimeVersion: 'containerd://1.7.24' },
          },
        }),
  },
});

/** Nodes in the states that a table shows. */
export const nodes: readonly Made[] = (
  [
    {
      name: 'n1',
      ready: 'True',
      addresses: [
        ['InternalIP', '192.0.2.1'],
        ['Hostname', 'n1'],
      ],
      roles: ['control-plane', 'etcd'],
      spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] },
    },
    {
      name: 'n2',
      ready: 'False',
      addresses: [
        ['InternalIP', '192.0.2.2'],
        ['InternalIP', 'fd00::2'],
        ['ExternalIP', '203.0.113.2'],
      ],
    },
    { name: 'n3', ready: 'Unknown', addresses: [['InternalIP', '192.0.2.3']], spec: { unschedulable: true } },
    {
      name: 'n4',
      ready: 'True',
      addresses: [
        ['InternalIP', 'fd00::4'],
        ['InternalIP', '192.0.2.4'],
      ],
      spec: { unschedulable: true },
    },
    { name: 'n5', ready: undefined, addresses: [] },
  ] satisfies readonly NodeShape[]
).map(nodeOf);

const serviceOf = (name: string, spec: object, status?: object): Made => ({
  collection: '/api/v1/namespaces/default/services',
  object: { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec },
  ...(status === undefined ? {} : { status }),
});

const port = (number: number, more: object = {}): object => ({ name: `p${number}`, port: number, ...more });
const selector = { app: 'web', tier: 'front' };

/** Services of every type. */
export const services: readonly Made[] = [
  serviceOf('one-port', { selector, ports: [port(80, { targetPort: 8080 })] }),
  serviceOf('many-ports', { selector, ports: [port(53, { protocol: 'UDP' }), port(9153), port(5060, { protocol: 'SCTP' })] }),
  serviceOf('node-port', { type: 'NodePort', selector, ports: [port(80, { nodePort: 30_080 }), port(443, { nodePort: 30_443 })] }),
  serviceOf(
    'balanced',
    { type: 'LoadBalancer', selector, ports: [port(80)] },
    { loadBalancer: { ingress: [{ ip: '198.51.100.7' }, { hostname: 'lb.test' }] } },
  ),
  serviceOf('unbalanced', { type: 'LoadBalancer', selector, ports: [port(80)], allocateLoadBalancerNodePorts: false }),
  serviceOf('headless', { clusterIP: 'None', selector, ports: [port(80)] }),
  serviceOf('headless-bare', { clusterIP: 'None', selector }),
  serviceOf('elsewhere', { type: 'ExternalName', externalName: 'db.example.org' }),
  serviceOf('outside', { selector, externalIPs: ['203.0.113.5', '203.0.113.6'], ports: [port(80)] }),
  serviceOf('both-families', { ipFamilyPolicy: 'RequireDualStack', selector, ports: [port(80)] }),
  serviceOf('six-only', { ipFamilies: ['IPv6'], selector, ports: [port(80)] }),
  serviceOf('no-selector', { ports: [port(80)] }),
];

const slice = (name: string, service: string, addressType: string, ports: readonly object[], addresses: readonly string[]): Made => ({
  collection: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
  object: {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': service } },
    addressType,
    ports,
    endpoints: addresses.map((address, at) => ({ addresses: [address], conditions: { ready: at !== 1 } })),
  },
});

const endpoints = (name: string, subsets: readonly object[]): Made => ({
  collection: '/api/v1/namespaces/default/endpoints',
  object: { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace: 'default' }, subsets },
});

const ips = (...list: readonly string[]) => list.map((ip) => ({ ip }));
const five = ['10.244.1.5', '10.244.1.6', '10.244.2.7', '10.244.2.8', '10.244.3.9'];

/** Endpoints and EndpointSlices with none, some and more addresses than a table shows. */
export const ends: readonly Made[] = [
  slice('one-port-x1', 'one-port', 'IPv4', [{ name: 'p80', port: 8080 }], five),
  slice(
    'many-ports-x1',
    'many-ports',
    'IPv4',
    [53, 9153, 5060, 8080].map((number) => ({ name: `p${number}`, port: number, protocol: number === 53 ? 'UDP' : 'TCP' })),
    five.slice(0, 2),
  ),
  slice('both-families-x6', 'both-families', 'IPv6', [{ name: 'p80', port: 80 }], ['fd00:10:244:1::6']),
  slice('headless-bare-x1', 'headless-bare', 'IPv4', [], five.slice(0, 1)),
  slice('no-selector-x1', 'no-selector', 'IPv4', [{ name: '' }], []),
  endpoints('one-port', [{ addresses: ips(...five.slice(0, 2)), ports: [{ name: 'p80', port: 8080 }] }]),
  endpoints('many-ports', [
    {
      addresses: ips(...five),
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'metrics', port: 9153 },
      ],
    },
  ]),
  endpoints('six-only', [{ addresses: ips('fd00:10:244:1::6'), notReadyAddresses: ips('fd00:10:244:1::7'), ports: [{ port: 80 }] }]),
  endpoints('unready', [{ notReadyAddresses: ips('10.244.1.5'), ports: [{ port: 80 }] }]),
  endpoints('empty', []),
];

const event = (name: string, type: string, reason: string, message: string, more: object): Made => ({
  collection: '/api/v1/namespaces/default/events',
  object: {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name, namespace: 'default' }, type, reason, message },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'crashing', fieldPath: 'spec.containers{c0}' },
    ...{ firstTimestamp: now(), lastTimestamp: now(), count: 1, source: { component: 'kubelet', host: 'n2' }, ...more },
  },
});

/** Events as kubelets and controllers write them. */
export const events: readonly Made[] = [
  event('crashing.1', 'Warning', 'BackOff', 'Back-off restarting failed container c0 in pod crashing_default', { count: 17 }),
  event(
    'crashing.2',
    'Warning',
    'Unhealthy',
    'Readiness probe failed: Get "http://10.244.2.9:8080/": dial tcp 10.244.2.9:8080: connect: connection refused',
    {},
  ),
  event(
    'creating.1',
    'Warning',
    'FailedCreatePodSandBox',
    'Failed to create pod sandbox: plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory',
    {},
  ),
  event('n3.1', 'Normal', 'NodeNotReady', 'Node n3 status is now: NodeNotReady', {
    ...{ involvedObject: { kind: 'Node', name: 'n3' }, source: { component: 'node-controller' } },
  }),
];
