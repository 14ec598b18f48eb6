import type { Cluster, LabNode, LabPod, LabService } from '../vocabulary.ts';

/** A Kubernetes object as `kubectl get -o json` prints it. */
export type ApiObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
};

/** Every pod of the lab is as old as this; times play no part. */
const CREATED = '2026-11-01T00:00:00Z';

/** What the API server of a healthy drawn cluster would hold: made by hand after the real one's shapes, for the lab runs none. */
export function objectsOf(cluster: Cluster): readonly ApiObject[] {
  const behind = new Set(cluster.services.flatMap(({ endpoints }) => endpoints));
  const pods = cluster.nodes.flatMap((node) => node.pods.map((pod) => podObject(node, pod, behind.has(pod.address))));
  return [
    ...namespacesOf(cluster).map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      status: { phase: 'Active' },
    })),
    ...cluster.nodes.map(nodeObject),
    ...pods,
    ...servicesByName(cluster).flatMap(([name, ports]) => [serviceObject(name, ports), sliceObject(cluster, name, ports)]),
  ];
}

const namespacesOf = ({ nodes }: Cluster): readonly string[] => [
  ...new Set(['default', 'kube-system', ...nodes.flatMap(({ pods }) => pods.map(({ name }) => partsOf(name)[0]))]),
];

function partsOf(name: string): readonly [namespace: string, name: string] {
  const [namespace = '', rest = ''] = name.split('/');
  return [namespace, rest];
}

/** The label by which Services select pods: what stands before the last dash of the pod's name. */
const appOf = (pod: string): string => pod.replace(/-[^-]*$/, '');

function nodeObject(node: LabNode): ApiObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, creationTimestamp: CREATED, labels: { 'kubernetes.io/hostname': node.name } },
    spec: { podCIDR: node.subnet, podCIDRs: [node.subnet] },
    status: {
      addresses: [
        { type: 'InternalIP', address: node.address },
        { type: 'Hostname', address: node.name },
      ],
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }],
      nodeInfo: { kubeletVersion: 'v1.34.2' },
    },
  };
}

/** A pod that no Service leads to has no label of those that one does. */
function podObject(node: LabNode, pod: LabPod, isBehind: boolean): ApiObject {
  const [namespace, name] = partsOf(pod.name);
  const app = appOf(name);
  const labels = { app: isBehind ? app : `${app}-alone` };
  const ports = app === 'coredns' ? [port('dns', 53, 'UDP'), port('dns-tcp', 53, 'TCP')] : [port('http', 8080, 'TCP')];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, creationTimestamp: CREATED, labels },
    spec: { nodeName: node.name, hostNetwork: false, containers: [{ name: app, image: `registry.invalid/${app}:1`, ports }] },
    status: {
      phase: 'Running',
      podIP: pod.address,
      podIPs: [{ ip: pod.address }],
      hostIP: node.address,
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'ContainersReady', status: 'True' },
      ],
    },
  };
}

const port = (name: string, containerPort: number, protocol: 'TCP' | 'UDP') => ({ name, containerPort, protocol });

type Port = LabService & { readonly portName: string };

/** The lab writes a Service port by port, as kube-proxy's rules do: `namespace/name:port`. */
function servicesByName({ services }: Cluster): readonly (readonly [string, readonly Port[]])[] {
  const named = new Map<string, Port[]>();
  for (const service of services) {
    const [name = '', portName = ''] = service.name.split(':');
    named.set(name, [...(named.get(name) ?? []), { ...service, portName }]);
  }
  return [...named];
}

/** Endpoints that no pod has, such as the API server's, belong to a Service without a selector. */
const SELECTS: Readonly<Record<string, string>> = { 'default/web': 'web', 'kube-system/kube-dns': 'coredns' };

function serviceObject(full: string, ports: readonly Port[]): ApiObject {
  const [namespace, name] = partsOf(full);
  const app = SELECTS[full];
  const clusterIP = ports[0]?.clusterIp ?? '';
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, creationTimestamp: CREATED },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      ports: ports.map((one) => ({
        name: one.portName,
        protocol: one.protocol.toUpperCase(),
        port: one.port,
        targetPort: one.targetPort,
      })),
      ...(app === undefined ? {} : { selector: { app } }),
    },
    status: { loadBalancer: {} },
  };
}

function sliceObject(cluster: Cluster, full: string, ports: readonly Port[]): ApiObject {
  const [namespace, service] = partsOf(full);
  const app = SELECTS[full];
  const selected = cluster.nodes.flatMap((node) =>
    node.pods.filter(({ address }) => ports[0]?.endpoints.includes(address)).map((pod) => [node, pod] as const),
  );
  const bare = selected.length === 0 ? (ports[0]?.endpoints ?? []).map((address) => ({ addresses: [address], conditions: ready() })) : [];
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: app === undefined ? service : `${service}-lab01`,
      namespace,
      labels: { 'kubernetes.io/service-name': service },
    },
    addressType: 'IPv4',
    ports: ports.map((one) => ({ name: one.portName, protocol: one.protocol.toUpperCase(), port: one.targetPort })),
    endpoints: [
      ...bare,
      ...selected.map(([node, pod]) => ({
        addresses: [pod.address],
        conditions: ready(),
        nodeName: node.name,
        targetRef: { kind: 'Pod', namespace: partsOf(pod.name)[0], name: partsOf(pod.name)[1] },
      })),
    ],
  };
}

const ready = () => ({ ready: true, serving: true, terminating: false });
