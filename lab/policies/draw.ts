import type { Dice } from '../draw/dice.ts';
import { type DrawnPolicy, drawPolicy } from './draw-policy.ts';
import { EDGES, type Labels, LABELS, labelsFrom, NAMESPACES, OUTSIDE, PORTS, PROTOCOLS } from './vocabulary.ts';

/** An object of the Kubernetes API as it is written. */
export type DrawnObject = { readonly metadata: { readonly namespace?: string; readonly name: string; readonly labels?: Labels } };

/** A drawn Pod. */
export type DrawnPod = DrawnObject & { readonly status: { readonly podIP: string; readonly hostIP: string } };

/** One connection that is asked about: who, whom, protocol, port. */
export type Query = readonly [from: string, to: string, protocol: string, port: number];

/** Objects of a small cluster, and what is asked about it. */
export type Drawn = {
  readonly namespaces: readonly DrawnObject[];
  readonly pods: readonly DrawnPod[];
  readonly policies: readonly DrawnPolicy[];
  /** AdminNetworkPolicies, and at most one BaselineAdminNetworkPolicy. */
  readonly admins: readonly object[];
  readonly baselines: readonly object[];
  readonly queries: readonly Query[];
};

/** The pod of a network plugin, by which the plugin is known. */
export const agentNamed = (name: string, labels?: Labels) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'kube-system', name, ...(labels === undefined ? {} : { labels }) },
  spec: { nodeName: 'a', hostNetwork: true, containers: [{ name: 'agent' }] },
  status: { phase: 'Running', podIP: '192.0.2.1', podIPs: [{ ip: '192.0.2.1' }], hostIP: '192.0.2.1' },
});

/** Whose ipBlocks do not hold pods, as netpol-analyzer takes it for given. */
const CILIUM = agentNamed('cilium-x7k2p', { 'k8s-app': 'cilium' });

/** Draws a cluster of a plugin and as many queries as asked for. */
export function drawCase(dice: Dice, queries: number, agent: DrawnPod = CILIUM): Drawn {
  const names = dice.shuffle(NAMESPACES).slice(0, 2 + dice.roll(3));
  const namespaces = [...names, 'kube-system'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { ...labelsFrom(dice, LABELS.namespace), 'kubernetes.io/metadata.name': name } },
  }));
  const pods = Array.from({ length: 4 + dice.roll(5) }, (_, index) => drawPod(dice, names, index));
  const policies = Array.from({ length: 1 + dice.roll(5) }, (_, index) => drawPolicy(dice, dice.pick(names), `p${index}`));
  const ends = pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return {
    namespaces,
    pods: [...pods, agent],
    policies,
    admins: [],
    baselines: [],
    queries: Array.from({ length: queries }, () => drawQuery(dice, ends)),
  };
}

function drawPod(dice: Dice, namespaces: readonly string[], index: number): DrawnPod {
  const [node, hostIP] = dice.pick([
    ['a', '192.0.2.1'],
    ['b', '192.0.2.2'],
  ] as const);
  const ports = dice
    .shuffle(PORTS)
    .slice(0, dice.roll(4))
    .map(({ name, numbers, protocol }) => ({ name, containerPort: dice.pick(numbers), ...(protocol === 'TCP' ? {} : { protocol }) }));
  const labels = labelsFrom(dice, LABELS.pod);
  const cut = dice.roll(ports.length + 1);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: dice.pick(namespaces), name: `pod-${index}`, ...(Object.keys(labels).length === 0 ? {} : { labels }) },
    spec: {
      nodeName: node,
      containers: [
        { name: 'main', ports: ports.slice(0, cut) },
        { name: 'side', ports: ports.slice(cut) },
      ],
    },
    status: {
      phase: 'Running',
      podIP: `10.244.${node === 'a' ? 0 : 1}.${10 + index}`,
      podIPs: [{ ip: `10.244.${node === 'a' ? 0 : 1}.${10 + index}` }],
      hostIP,
    },
  } as DrawnPod;
}

/** Mostly pods; one end may be an address, also that of a node. */
function drawQuery(dice: Dice, pods: readonly string[]): Query {
  const kind = dice.roll(4);
  const [from, to] = [kind === 0 ? dice.pick(OUTSIDE) : dice.pick(pods), kind === 1 ? dice.pick(OUTSIDE) : dice.pick(pods)];
  const port = dice.roll(3) === 0 ? dice.pick([...EDGES, 2, 32_000]) : dice.pick(dice.pick(PORTS).numbers);
  return [from, to, dice.pick(PROTOCOLS), port];
}
