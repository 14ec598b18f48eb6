import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { NAME_LABEL } from '#policy/namespaces';
import type { PolicyEnd } from '#policy/question';
import { sameOrigin } from '#snapshot/origin';
import { CLUSTER } from '#snapshot/scope';
import type { Denied } from './denials.ts';

/** Pods by their labels, or one address. */
type Peer = { readonly namespace: string; readonly labels: Readonly<Record<string, string>> } | { readonly cidr: string };

/** Connections that a rule lets pass: the other end, and its ports (none: everything). */
export type Allowance = { readonly peer: Peer; readonly ports: readonly { readonly protocol: string; readonly port: number }[] };

/** The narrowest rule that lets a denied connection pass. */
export function allowanceFor({ direction, question: { protocol, port, from, to } }: Denied): Allowance {
  const peer = peerOf(direction === 'Ingress' ? from : to);
  return { peer, ports: port === null ? [] : [{ protocol, port }] };
}

const peerOf = (end: PolicyEnd): Peer =>
  end.is === 'pod' && end.pod.labels !== undefined
    ? { namespace: end.pod.namespace, labels: end.pod.labels }
    : { cidr: `${end.address}/${end.address.includes(':') ? 128 : 32}` };

/** What a person types to put the rule into the policy that denies. */
export function allowCommand(facts: Facts, { side, direction }: Denied, allowance: Allowance): string {
  const [decider] = side.by;
  const read = facts.seen('network-policy', CLUSTER);
  const all = read.is === 'seen' ? read.value : [];
  const own = all.find(({ origin }) => decider !== undefined && sameOrigin(origin, decider.origin));
  return own === undefined ? calicoCommand(decider?.policy ?? '', direction, allowance) : kubernetesCommand(own, direction, allowance);
}

type Direction = Denied['direction'];

const patch = (path: string, value: unknown): string => `--type=json -p '${JSON.stringify([{ op: 'add', path, value }])}'`;

function kubernetesCommand(policy: FactOf<'network-policy'>, direction: Direction, { peer, ports }: Allowance): string {
  const [field, side, rules] =
    direction === 'Ingress' ? (['ingress', 'from', policy.ingress] as const) : (['egress', 'to', policy.egress] as const);
  const pods = (namespace: string, labels: Readonly<Record<string, string>>) => ({
    namespaceSelector: { matchLabels: { [NAME_LABEL]: namespace } },
    podSelector: { matchLabels: labels },
  });
  const other = 'cidr' in peer ? { ipBlock: { cidr: peer.cidr } } : pods(peer.namespace, peer.labels);
  const rule = { [side]: [other], ...(ports.length === 0 ? {} : { ports }) };
  const change = rules.length === 0 ? patch(`/spec/${field}`, [rule]) : patch(`/spec/${field}/-`, rule);
  return `kubectl -n ${policy.namespace} patch networkpolicy ${policy.name} ${change}`;
}

const RESOURCES = { NetworkPolicy: 'networkpolicies', GlobalNetworkPolicy: 'globalnetworkpolicies' } as const;

/** Calico takes the first rule that holds: the new one stands before all others. */
function calicoCommand(policy: string, direction: Direction, { peer, ports }: Allowance): string {
  const [, namespace, name = policy] = /^\S+(?: NetworkPolicy)? (?:([^/]+)\/)?(\S+)$/.exec(policy) ?? [];
  const resource = namespace === undefined ? RESOURCES.GlobalNetworkPolicy : RESOURCES.NetworkPolicy;
  const pods = (space: string, labels: Readonly<Record<string, string>>) => ({
    namespaceSelector: `projectcalico.org/name == "${space}"`,
    selector: Object.entries(labels)
      .map(([label, value]) => `${label} == "${value}"`)
      .join(' && '),
  });
  const other = 'cidr' in peer ? { nets: [peer.cidr] } : pods(peer.namespace, peer.labels);
  const [first] = ports;
  const named = first === undefined ? {} : { ports: ports.map(({ port }) => port) };
  const ends = direction === 'Ingress' ? { source: other, destination: named } : { destination: { ...other, ...named } };
  const rule = { action: 'Allow', ...(first === undefined ? {} : { protocol: first.protocol }), ...ends };
  const where = namespace === undefined ? '' : ` -n ${namespace}`;
  const place = `/spec/${direction === 'Ingress' ? 'ingress' : 'egress'}/0`;
  return `kubectl${where} patch ${resource}.crd.projectcalico.org ${name} ${patch(place, rule)}`;
}
