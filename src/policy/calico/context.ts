import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { type Labels, labelOf } from '#facts/label-selector';
import type { Pod } from '#facts/pod/pod';
import { contains } from '#net/cidr';
import { CLUSTER } from '#snapshot/scope';
import { namespaceLabels } from '../namespaces.ts';
import type { PolicyEnd } from '../question.ts';
import { any, type Three } from '../three.ts';
import { type LabelLookup, NAMESPACE_LABEL, parseSelector, type Selector, selectorHolds } from './selector.ts';

/** What Calico's matching needs to know of a cluster. */
export type CalicoContext = {
  /** Whether a selector holds for an end: for the pod, for a network set in which its address lies, or for a HostEndpoint that has it. */
  readonly holds: (selector: Selector, end: PolicyEnd) => Three;
  /** Whether a selector holds for a pod itself. */
  readonly selects: (selector: Selector, pod: Pod) => Three;
  /** The selector of a text; `undefined` where Calico itself would not take it. */
  readonly parsed: (text: string) => Selector | undefined;
  readonly facts: Facts;
};

/** Labels of what a namespace or account gives its pods. */
const NAMESPACE_PREFIX = 'pcns.';
const ACCOUNT_PREFIX = 'pcsa.';

/** The context of some facts. */
export function calicoContext(facts: Facts): CalicoContext {
  const labelsOf = namespaceLabels(facts);
  const accounts = facts.seen('service-account', CLUSTER);
  const accountLabels = new Map(
    accounts.is === 'gap' ? [] : accounts.value.map(({ namespace, name, labels }) => [`${namespace}/${name}`, labels] as const),
  );
  const sets = facts.seen('calico-network-set', CLUSTER);
  const memo = new Map<string, Selector | undefined>();
  const parsed = (text: string): Selector | undefined => {
    if (!memo.has(text)) {
      const result = parseSelector(text);
      memo.set(text, 'why' in result ? undefined : result.selector);
    }
    return memo.get(text);
  };

  /** Labels with those that their namespace lends. */
  const lent = (own: Labels | undefined, namespace: string | null): LabelLookup => {
    const space = namespace === null ? undefined : labelsOf(namespace);
    return (label) => {
      if (label === NAMESPACE_LABEL) return namespace ?? undefined;
      if (!label.startsWith(NAMESPACE_PREFIX)) return own === undefined ? null : labelOf(own, label);
      if (space === undefined) return undefined;
      const name = label.slice(NAMESPACE_PREFIX.length);
      if (name === 'projectcalico.org/name') return namespace;
      return labelOf(space.known, name) ?? (space.isWhole ? undefined : null);
    };
  };

  const podLabels = (pod: Pod): LabelLookup => {
    const base = lent(pod.labels, pod.namespace);
    return (label) => {
      if (label === 'projectcalico.org/orchestrator') return 'k8s';
      if (label === 'projectcalico.org/serviceaccount') return pod.serviceAccount ?? null;
      if (!label.startsWith(ACCOUNT_PREFIX)) return base(label);
      const name = label.slice(ACCOUNT_PREFIX.length);
      if (name === 'projectcalico.org/name') return pod.serviceAccount ?? null;
      const labels = accountLabels.get(`${pod.namespace}/${pod.serviceAccount ?? ''}`);
      return labels === undefined ? null : labelOf(labels, name);
    };
  };

  const selects = (selector: Selector, pod: Pod): Three => selectorHolds(selector, podLabels(pod));
  const inSet = (selector: Selector, end: PolicyEnd): Three => {
    if (sets.is === 'gap') return neverSet(selector) ? false : undefined;
    const found = any(sets.value, (set) => setHolds(set, selector, end, lent(set.labels, set.namespace)));
    return found === false && !sets.complete && !neverSet(selector) ? undefined : found;
  };
  const holds = (selector: Selector, end: PolicyEnd): Three =>
    any(
      [
        () => (end.is === 'pod' ? selects(selector, end.pod) : false),
        () => inSet(selector, end),
        () => (end.is === 'pod' ? false : isHostEndpoint(facts, selector, end)),
      ],
      (one) => one(),
    );
  return { holds, selects, parsed, facts };
}

const setHolds = (set: FactOf<'calico-network-set'>, selector: Selector, { address }: PolicyEnd, labels: LabelLookup): Three =>
  set.nets.some((net) => contains(net, address)) ? selectorHolds(selector, labels) : false;

/** Whether a selector holds for a HostEndpoint that is expected to have an address: policies name nodes so (felix, selectors' IP sets). */
function isHostEndpoint(facts: Facts, selector: Selector, { address, node }: PolicyEnd & { readonly is: 'address' }): Three {
  const hosts = facts.seen('calico-host-endpoint', CLUSTER);
  const untold = node === null || neverSet(selector) ? false : undefined;
  if (hosts.is === 'gap') return untold;
  const own = hosts.value.filter(({ expectedIps }) => expectedIps.includes(address));
  const found = any(own, ({ labels }) => selectorHolds(selector, (label) => labelOf(labels, label)));
  return found === false && !hosts.complete ? untold : found;
}

/** Whether a selector asks for what only pods have, so that no network set can meet it. */
const neverSet = (selector: Selector): boolean =>
  selector.is === 'and'
    ? selector.of.some(neverSet)
    : selector.is === 'equals' && selector.label === 'projectcalico.org/orchestrator' && selector.value === 'k8s';
