import type { AdminPeer, AdminPolicy, AdminPort, AdminRule } from '#facts/admin-policy/admin-policy';
import type { FactOf } from '#facts/kinds';
import type { LabelSelector } from '#facts/label-selector';
import { parseCidr } from '#net/cidr';
import type { Origin } from '#snapshot/origin';
import { listAt, member, numberAt, textAt } from '../document.ts';
import { selectorAt } from './selectors.ts';

/** A policy of policy.networking.k8s.io: AdminNetworkPolicy and BaselineAdminNetworkPolicy (v1alpha1), ClusterNetworkPolicy (from v1alpha2 on). */
export function adminPolicyOf(object: unknown, origin: Origin, kind: string): FactOf<'admin-policy'> | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === undefined) return undefined;
  const own = textAt(object, 'kind') ?? kind;
  const isMeant = keysOf(member(object, 'spec')).every((key) => FIELDS.has(key));
  const subject = peerOf(member(object, 'spec', 'subject'));
  return {
    kind: own,
    name,
    tier: TIERS[own] ?? tierOf(textAt(object, 'spec', 'tier')),
    priority: numberAt(object, 'spec', 'priority') ?? null,
    subject: isMeant && subject.is === 'pods' ? subject : { is: 'unclear', why: 'a field of it is not understood' },
    ingress: rulesOf(object, 'ingress', 'from'),
    egress: rulesOf(object, 'egress', 'to'),
    origin,
  };
}

const FIELDS = new Set(['tier', 'priority', 'subject', 'ingress', 'egress']);
const TIERS: Readonly<Record<string, AdminPolicy['tier']>> = { AdminNetworkPolicy: 'Admin', BaselineAdminNetworkPolicy: 'Baseline' };

const tierOf = (word: string | undefined): AdminPolicy['tier'] => (word === 'Admin' || word === 'Baseline' ? word : null);

const keysOf = (value: unknown): readonly string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : []);

const rulesOf = (object: unknown, direction: 'ingress' | 'egress', side: 'from' | 'to'): readonly AdminRule[] =>
  (listAt(object, 'spec', direction) ?? []).map((rule, index) => ruleOf(rule, side, `spec.${direction}[${index}]`));

const ACTIONS: ReadonlyMap<string | undefined, AdminRule['action']> = new Map([
  ['Allow', 'Allow'],
  ['Accept', 'Allow'],
  ['Deny', 'Deny'],
  ['Pass', 'Pass'],
]);

function ruleOf(rule: unknown, side: 'from' | 'to', path: string): AdminRule {
  const strange = keysOf(rule).find((key) => !['name', 'action', side, 'ports', 'protocols'].includes(key));
  const [ports, protocols] = [listAt(rule, 'ports'), listAt(rule, 'protocols')];
  const [peers, told] = [listAt(rule, side) ?? [], ports ?? protocols];
  return {
    path,
    action: ACTIONS.get(textAt(rule, 'action')) ?? null,
    peers: (peers.length === 0 ? [null] : peers).map(peerOf),
    ports: told === undefined ? null : (told.length === 0 ? [null] : told).map(ports === undefined ? protocolOf : portOf),
    unclear: strange ?? (ports === undefined || protocols === undefined ? null : 'ports, protocols'),
  };
}

/** Exactly one field of a peer is set; what none of the known ones is may be anything (`domainNames` among them). */
function peerOf(peer: unknown): AdminPeer {
  const [field, ...others] = keysOf(peer);
  const unclear = { is: 'unclear', why: field ?? 'a peer that names nobody' } as const;
  if (field === undefined || others.length > 0) return unclear;
  const selector = plainSelector(member(peer, field));
  if (field === 'namespaces' && selector !== null) return { is: 'pods', namespaces: selector, pods: EVERYTHING };
  if (field === 'nodes' && selector !== null) return { is: 'nodes', labels: selector };
  if (field === 'pods') {
    const [namespaces, pods] = ['namespaceSelector', 'podSelector'].map((side) => plainSelector(member(peer, 'pods', side) ?? {}));
    const isMeant = keysOf(member(peer, 'pods')).every((key) => key === 'namespaceSelector' || key === 'podSelector');
    return isMeant && namespaces != null && pods != null ? { is: 'pods', namespaces, pods } : unclear;
  }
  const networks = field === 'networks' ? (listAt(peer, 'networks') ?? []) : [];
  const cidrs = networks.flatMap((one) => (typeof one === 'string' ? (parseCidr(one) ?? []) : []));
  return cidrs.length > 0 && cidrs.length === networks.length ? { is: 'networks', cidrs } : unclear;
}

const EVERYTHING: LabelSelector = { matchLabels: {}, matchExpressions: [] };

/**
 * A selector that says nothing but labels: a peer of v1alpha1 before 2023-11 puts `namespaceSelector`, `sameLabels` and `notSameLabels` in its
 * place (NamespacedPeer of network-policy-api v0.1.0).
 */
const plainSelector = (value: unknown): LabelSelector | null =>
  typeof value === 'object' && keysOf(value).every((key) => Object.hasOwn(EVERYTHING, key)) ? selectorAt(value) : null;

/** A port of v1alpha1: `portNumber`, `portRange` or `namedPort`. */
function portOf(port: unknown): AdminPort {
  const [field = 'a port that is none', ...others] = keysOf(port);
  const name = textAt(port, 'namedPort');
  if (others.length === 0 && name !== undefined) return { is: 'name', name };
  const [from, to] =
    field === 'portNumber'
      ? [numberAt(port, field, 'port'), numberAt(port, field, 'port')]
      : [numberAt(port, 'portRange', 'start'), numberAt(port, 'portRange', 'end')];
  if (others.length > 0 || from === undefined || to === undefined) return { is: 'unclear', why: field };
  return { is: 'range', protocol: textAt(port, field, 'protocol') ?? 'TCP', range: [from, to] };
}

/** A protocol of v1alpha2: `tcp`, `udp`, `sctp` with a destination's port or without, or `destinationNamedPort`. */
function protocolOf(protocol: unknown): AdminPort {
  const [field = 'a protocol that is none', ...others] = keysOf(protocol);
  const name = textAt(protocol, 'destinationNamedPort');
  if (others.length === 0 && name !== undefined) return { is: 'name', name };
  const unclear = { is: 'unclear', why: field } as const;
  const own = member(protocol, field);
  if (others.length > 0 || !['tcp', 'udp', 'sctp'].includes(field)) return unclear;
  if (keysOf(own).some((key) => key !== 'destinationPort')) return unclear;
  const port = member(own, 'destinationPort');
  const number = numberAt(port, 'number');
  const [from, to] = number === undefined ? [numberAt(port, 'range', 'start'), numberAt(port, 'range', 'end')] : [number, number];
  if (port !== undefined && port !== null && (from === undefined || to === undefined || keysOf(port).length !== 1)) return unclear;
  return { is: 'range', protocol: field.toUpperCase(), range: from === undefined || to === undefined ? null : [from, to] };
}
