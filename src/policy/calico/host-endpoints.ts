import type { FactOf } from '#facts/kinds';
import { labelOf } from '#facts/label-selector';
import { CLUSTER } from '#snapshot/scope';
import type { Gap } from '#snapshot/gap';
import type { PolicyEnd } from '../question.ts';
import { all, type Three } from '../three.ts';
import { notEvaluated, notTold } from '../verdict.ts';
import { namespacesOf } from './entity.ts';
import type { CalicoContext } from './context.ts';
import type { TieredPolicy } from './converted.ts';
import { selectorHolds } from './selector.ts';

type HostEndpoint = FactOf<'calico-host-endpoint'>;
type CalicoPolicy = FactOf<'calico-policy'>;

type AddressEnd = PolicyEnd & { readonly is: 'address' };
type PodEnd = PolicyEnd & { readonly is: 'pod' };

/** The profile of the HostEndpoints that Calico makes by itself: it lets through what no policy decides. */
const OPEN_PROFILE = 'projectcalico-default-allow';
const ALL_DEVICES = '*';

/** What may decide at a node's own address and is not evaluated: a HostEndpoint, which without a policy refuses all but failsafe ports. */
export function hostDoubt(end: AddressEnd, policies: readonly TieredPolicy[], context: CalicoContext): Gap | null {
  const { own, unlisted } = hostEndpointsOf(context, ({ node, expectedIps }) => node === end.node || expectedIps.includes(end.address));
  const guarding = own.find(
    (one) => !one.profiles.includes(OPEN_PROFILE) || globalOnes(policies).some((policy) => selectsHost(policy, one, context) !== false),
  );
  if (guarding !== undefined) return guards(guarding);
  return end.node === null ? null : unlisted;
}

/**
 * What may decide about a pod's packets where they are forwarded by a device of its node that is a HostEndpoint. Between pods of
 * one node only one of all devices is passed.
 */
export function forwardDoubt(end: PodEnd, other: PolicyEnd, policies: readonly TieredPolicy[], context: CalicoContext): Gap | null {
  const forwarding = globalOnes(policies).filter((policy) => policy.applyOnForward || policy.preDnat || policy.doNotTrack);
  if (forwarding.length === 0) return null;
  const isLocal = other.is === 'pod' && other.pod.node != null && other.pod.node === end.pod.node;
  const { own, unlisted } = hostEndpointsOf(
    context,
    ({ node, interfaceName }) => (end.pod.node == null || node === end.pod.node) && (!isLocal || interfaceName === ALL_DEVICES),
  );
  const guarding = own.find((one) => forwarding.some((policy) => selectsHost(policy, one, context) !== false));
  return guarding === undefined ? unlisted : guards(guarding);
}

function hostEndpointsOf(
  { facts }: CalicoContext,
  isOwn: (one: HostEndpoint) => boolean,
): { readonly own: readonly HostEndpoint[]; readonly unlisted: Gap | null } {
  const read = facts.seen('calico-host-endpoint', CLUSTER);
  if (read.is === 'gap') return { own: [], unlisted: read.gap };
  return { own: read.value.filter(isOwn), unlisted: read.complete ? null : NOT_LISTED };
}

const NOT_LISTED = notTold(
  'calico-host-endpoint',
  'not all HostEndpoints of the cluster were listed',
  'kubectl get hostendpoints.crd.projectcalico.org -o json',
);

const guards = ({ name, node }: HostEndpoint): Gap =>
  notEvaluated('calico-host-endpoint', `HostEndpoint ${name} stands before ${node}, and what policies do there is not evaluated`);

/** Only GlobalNetworkPolicies select HostEndpoints. */
const globalOnes = (policies: readonly TieredPolicy[]): readonly CalicoPolicy[] =>
  policies.flatMap(({ of }) => (of.is === 'calico' && of.policy.namespace === null ? [of.policy] : []));

/** Whether a policy selects a HostEndpoint, which has labels of its own and neither a namespace nor an account. */
export function selectsHost(policy: CalicoPolicy, { labels }: HostEndpoint, context: CalicoContext): Three {
  if (policy.namespace !== null || policy.serviceAccountSelector !== '') return false;
  const selectors = [
    policy.selector === '' ? null : context.parsed(policy.selector),
    policy.namespaceSelector === '' ? null : namespacesOf(context.parsed(policy.namespaceSelector)),
  ];
  return all(selectors, (selector) =>
    selector === null ? true : selector === undefined ? undefined : selectorHolds(selector, (label) => labelOf(labels, label)),
  );
}
