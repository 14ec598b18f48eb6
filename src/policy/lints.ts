import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { LabelSelector } from '#facts/label-selector';
import { selects } from '#facts/label-selector';
import type { NetworkPolicy, PolicyRule } from '#facts/network-policy/network-policy';
import type { Origin } from '#snapshot/origin';
import { CLUSTER } from '#snapshot/scope';
import { calicoContext } from './calico/context.ts';
import { selectsHost } from './calico/host-endpoints.ts';
import { applies } from './calico/applies.ts';
import { tieredPolicies } from './calico/converted.ts';
import { deciderOf } from './network-policy/side.ts';
import { namespaceLabels, selectsNamespace } from './namespaces.ts';
import { any, type Three } from './three.ts';

/** Something in a policy that does nothing, most likely by mistake. */
export type PolicyLint = {
  readonly is: 'selects no pod' | 'names nobody' | 'port name unknown' | 'selector not understood' | 'no DNS';
  readonly policy: string;
  readonly path: string | null;
  readonly says: string;
  readonly evidence: readonly Origin[];
};

/** What is odd about the policies of a cluster; nothing of what rests on lists that are not whole. */
export function policyLints(facts: Facts): readonly PolicyLint[] {
  const policies = facts.seen('network-policy', CLUSTER);
  const pods = facts.seen('pod', CLUSTER);
  if (pods.is === 'gap' || !pods.complete) return [];
  const plain = policies.is === 'gap' ? [] : policies.value.flatMap((policy) => lintsOf(policy, pods.value, facts));
  return [...plain, ...calicoLints(facts, pods.value)];
}

type Pods = readonly FactOf<'pod'>[];

function lintsOf(policy: NetworkPolicy, pods: Pods, facts: Facts): readonly PolicyLint[] {
  const { policy: name, origin } = deciderOf(policy);
  const own = pods.filter(({ namespace }) => namespace === policy.namespace);
  const lint = (is: PolicyLint['is'], path: string | null, says: string): PolicyLint => ({
    is,
    policy: name,
    path,
    says,
    evidence: [origin],
  });
  const selected = own.filter((pod) => holds(policy.pods, pod) !== false && pod.hostNetwork !== true);
  const empty = selected.length === 0 ? [lint('selects no pod', 'spec.podSelector', `${name} selects no pod of ${policy.namespace}`)] : [];
  const rules = [...policy.ingress, ...policy.egress];
  const nobody = rules.flatMap((rule) =>
    isNobody(rule, policy, pods, facts)
      ? [lint('names nobody', rule.path, `the peers of ${rule.path} of ${name} are no pod that there is`)]
      : [],
  );
  const ports = policy.ingress.flatMap((rule) =>
    unknownPorts(rule, selected).map((port) =>
      lint(
        'port name unknown',
        rule.path,
        `${rule.path} of ${name} allows the port ${port}, which no container of the pods that it selects names`,
      ),
    ),
  );
  return [...empty, ...nobody, ...ports, ...dnsOf(policy, lint)];
}

const holds = (selector: LabelSelector, { labels }: FactOf<'pod'>): Three => (labels === undefined ? undefined : selects(selector, labels));

/** Whether a rule names pods only, and there is none of them. */
function isNobody({ peers }: PolicyRule, policy: NetworkPolicy, pods: Pods, facts: Facts): boolean {
  if (peers === null) return false;
  const labelsOf = namespaceLabels(facts);
  return peers.every((peer) => {
    if (peer.is !== 'pods') return false;
    const { namespaces, pods: selector } = peer;
    const inside = (pod: FactOf<'pod'>): Three =>
      namespaces === null ? pod.namespace === policy.namespace : selectsNamespace(namespaces, labelsOf(pod.namespace));
    return any(pods, (pod) => (inside(pod) === false ? false : selector === null ? inside(pod) : holds(selector, pod))) === false;
  });
}

const unknownPorts = ({ ports }: PolicyRule, selected: Pods): readonly string[] =>
  selected.length === 0 || selected.some((pod) => pod.ports === undefined)
    ? []
    : (ports ?? []).flatMap(({ port }) =>
        typeof port === 'string' && !selected.some((pod) => pod.ports?.some(({ name }) => name === port)) ? [port] : [],
      );

const DNS = 53;

/** Egress rules that allow something and nowhere port 53: pods lose their names with the first such policy. */
function dnsOf(
  policy: NetworkPolicy,
  lint: (is: PolicyLint['is'], path: string | null, says: string) => PolicyLint,
): readonly PolicyLint[] {
  if (!policy.types.includes('Egress') || policy.egress.length === 0) return [];
  const allows = policy.egress.some(
    ({ ports }) =>
      ports === null ||
      ports.some(
        ({ protocol, port, endPort }) =>
          protocol === 'UDP' && (port === null || typeof port === 'string' || (port <= DNS && DNS <= (endPort ?? port))),
      ),
  );
  const name = deciderOf(policy).policy;
  return allows
    ? []
    : [
        lint(
          'no DNS',
          'spec.egress',
          `${name} allows egress, and none of it to UDP port 53: names do not resolve unless another policy allows it`,
        ),
      ];
}

function calicoLints(facts: Facts, pods: Pods): readonly PolicyLint[] {
  const read = facts.seen('calico-policy', CLUSTER);
  const hosts = facts.seen('calico-host-endpoint', CLUSTER);
  if (read.is === 'gap') return [];
  const context = calicoContext(facts);
  return read.value.flatMap((policy): readonly PolicyLint[] => {
    const name =
      policy.namespace === null ? `GlobalNetworkPolicy ${policy.name}` : `Calico NetworkPolicy ${policy.namespace}/${policy.name}`;
    const lint = (is: PolicyLint['is'], path: string, says: string): PolicyLint => ({
      is,
      policy: name,
      path,
      says,
      evidence: [policy.origin],
    });
    const broken = [policy.selector, policy.namespaceSelector].find((text) => text !== '' && context.parsed(text) === undefined);
    if (broken !== undefined) return [lint('selector not understood', 'spec.selector', `${name}: ${broken} is no selector`)];
    const [tiered] = tieredPolicies([policy], []);
    const isForHosts =
      hosts.is === 'gap' || !hosts.complete
        ? policy.namespace === null
        : hosts.value.some((host) => selectsHost(policy, host, context) !== false);
    const selected = pods.some((pod) => tiered !== undefined && policy.types.some((type) => applies(tiered, pod, type, context) !== false));
    return selected || isForHosts ? [] : [lint('selects no pod', 'spec.selector', `${name} selects no pod`)];
  });
}
