import type { FactOf } from '#facts/kinds';
import type { PolicyPeer, PolicyPort, PolicyRule } from '#facts/network-policy/network-policy';
import { parseCidr } from '#net/cidr';
import type { Origin } from '#snapshot/origin';
import { listAt, member, numberAt, textAt } from '../document.ts';
import { selectorAt } from './selectors.ts';

/** A NetworkPolicy of networking.k8s.io/v1. */
export function networkPolicyOf(object: unknown, origin: Origin): FactOf<'network-policy'> | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === undefined) return undefined;
  const egress = listAt(object, 'spec', 'egress');
  return {
    namespace: textAt(object, 'metadata', 'namespace') ?? 'default',
    name,
    pods: selectorAt(object, 'spec', 'podSelector') ?? { matchLabels: {}, matchExpressions: [] },
    types: typesOf(listAt(object, 'spec', 'policyTypes'), (egress ?? []).length > 0),
    ingress: (listAt(object, 'spec', 'ingress') ?? []).map((rule, index) => ruleOf(rule, 'from', `spec.ingress[${index}]`)),
    egress: (egress ?? []).map((rule, index) => ruleOf(rule, 'to', `spec.egress[${index}]`)),
    origin,
  };
}

/** Left out: Ingress always, Egress where there are egress rules. */
function typesOf(told: readonly unknown[] | undefined, hasEgress: boolean): FactOf<'network-policy'>['types'] {
  if (told === undefined || told.length === 0) return hasEgress ? ['Ingress', 'Egress'] : ['Ingress'];
  return (['Ingress', 'Egress'] as const).filter((type) => told.includes(type));
}

function ruleOf(rule: unknown, side: 'from' | 'to', path: string): PolicyRule {
  const peers = listAt(rule, side) ?? [];
  const ports = listAt(rule, 'ports') ?? [];
  return { path, peers: peers.length === 0 ? null : peers.map(peerOf), ports: ports.length === 0 ? null : ports.map(portOf) };
}

function peerOf(peer: unknown): PolicyPeer {
  const block = member(peer, 'ipBlock');
  const pods = selectorAt(peer, 'podSelector');
  const namespaces = selectorAt(peer, 'namespaceSelector');
  if (block === undefined || block === null) {
    return pods === null && namespaces === null ? { is: 'unclear', why: 'a peer that names nobody' } : { is: 'pods', pods, namespaces };
  }
  if (pods !== null || namespaces !== null) return { is: 'unclear', why: 'a peer with an ipBlock and a selector' };
  const cidr = parseCidr(textAt(block, 'cidr') ?? '');
  const except = (listAt(block, 'except') ?? []).map((one) => (typeof one === 'string' ? parseCidr(one) : undefined));
  const known = except.filter((one) => one !== undefined);
  if (cidr === undefined || known.length < except.length) return { is: 'unclear', why: 'an ipBlock that is no prefix' };
  return { is: 'block', cidr, except: known };
}

const portOf = (port: unknown): PolicyPort => ({
  protocol: textAt(port, 'protocol') ?? 'TCP',
  port: portNumberOf(member(port, 'port')),
  endPort: numberAt(port, 'endPort') ?? null,
});

/** An IntOrString: digits in quotes are a name, which no port can have. */
const portNumberOf = (value: unknown): number | string | null => (typeof value === 'number' || typeof value === 'string' ? value : null);
