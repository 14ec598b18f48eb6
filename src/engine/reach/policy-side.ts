import type { Facts } from '#facts/facts';
import { memoised } from '#dataplane/memo';
import { backendsOf } from '#intent/kube-proxy/backends';
import { familyOf, type Ip } from '#net/ip';
import { policyVerdict } from '#policy/policy-verdict';
import { endOfPod, type PolicyEnd, type PolicyQuestion } from '#policy/question';
import type { PolicyVerdict } from '#policy/verdict';
import { CLUSTER } from '#snapshot/scope';
import { podEnds, type ReachEnd } from './end.ts';

/** A port that is asked for; `null`: an echo. */
export type AskedPort = { readonly port: number; readonly protocol: 'TCP' | 'UDP' | 'SCTP' } | null;

/** What policies say of a pair; of a Service, of each pod behind it. */
export type ByPolicy = {
  readonly is: 'allowed' | 'denied' | 'partly' | 'unknown';
  /** The verdict that speaks for the answer: the first one that is so. */
  readonly shown: PolicyVerdict | null;
  readonly says: string;
};

/** What policies say of a pair of ends. */
export function byPolicy(facts: Facts, from: ReachEnd, to: ReachEnd, asked: AskedPort): ByPolicy {
  const source = policyEnd(facts, from);
  if (source === null) return { is: 'unknown', shown: null, says: `${from.name} has no address that is known` };
  const targets = targetsOf(facts, to, asked);
  if (targets === null) return { is: 'unknown', shown: null, says: `nothing is known to stand behind ${to.name}` };
  const verdicts = targets.map(({ end, port }): PolicyVerdict => {
    const question: PolicyQuestion = { from: source, to: end, protocol: port?.protocol ?? 'ICMP', port: port?.port ?? null };
    return policyVerdict(facts, question);
  });
  return together(verdicts);
}

function together(verdicts: readonly PolicyVerdict[]): ByPolicy {
  const kinds = new Set(verdicts.map(({ is }) => is));
  const is = kinds.size === 1 ? (verdicts[0]?.is ?? 'unknown') : kinds.has('denied') && kinds.has('allowed') ? 'partly' : 'unknown';
  const wanted = is === 'partly' ? 'denied' : is;
  const shown = verdicts.find((one) => one.is === wanted) ?? verdicts[0] ?? null;
  return { is, shown, says: shown === null ? '' : sideText(shown) };
}

/** The side that speaks for a verdict. */
export function sideText({ is, egress, ingress }: PolicyVerdict): string {
  if (is === 'allowed') return [egress, ingress].map(({ says }) => says).join('; ');
  return [egress, ingress].find((side) => side.is === is)?.says ?? '';
}

type Target = { readonly end: PolicyEnd; readonly port: AskedPort };

/** Where packets really go: behind a Service, to each of its endpoints at its own port. */
function targetsOf(facts: Facts, to: ReachEnd, asked: AskedPort): readonly Target[] | null {
  if (to.service === null) {
    const end = policyEnd(facts, to);
    return end === null ? null : [{ end, port: asked }];
  }
  const port = to.service.ports.find((one) => one.port === asked?.port && one.protocol === asked.protocol);
  if (port?.name === undefined || to.address === null) return null;
  const backends = backendsOf(facts, to.service, port.name, port.protocol, familyOf(to.address));
  if (backends.is === 'gap' || backends.value.length === 0) return null;
  return backends.value.map((backend) => ({
    end: endOfAddress(facts, backend.address, backend.node),
    port: { port: backend.port, protocol: port.protocol },
  }));
}

/** An end as policies see it. */
function policyEnd(facts: Facts, { pod, address, kind, name, node }: ReachEnd): PolicyEnd | null {
  if (pod !== null) return endOfPod(pod, address ?? undefined) ?? null;
  if (address === null) return null;
  if (kind !== 'pod') return endOfAddress(facts, address, node);
  // a captured namespace that no object tells of: it is a pod, and nobody knows its labels
  const [namespace = '', own = name] = name.split('/');
  const origin = { file: '' };
  const untold = { uid: undefined, phase: undefined, ready: undefined, labels: undefined, hostNetwork: false };
  return { is: 'pod', address, pod: { namespace, name: own, node, addresses: [address], ...untold, origin } };
}

/** The end that an address is: a pod's, a node's, or somebody's outside. */
export function endOfAddress(facts: Facts, address: Ip, node: string | null): PolicyEnd {
  const { pods, nodes } = addressees(facts);
  const pod = pods.get(address);
  return pod === undefined || pod === null
    ? { is: 'address', address, node: node ?? nodes.get(address) ?? null }
    : { is: 'pod', pod, address };
}

/** Whose addresses these are: pods', and nodes' as their objects and their pods tell them. */
const addressees = memoised((facts: Facts) => {
  const pods = new Map(
    podEnds(facts).flatMap(({ pod }) => (pod === null || pod.hostNetwork === true ? [] : pod.addresses.map((one) => [one, pod] as const))),
  );
  const objects = facts.seen('node', CLUSTER);
  const told = objects.is === 'gap' ? [] : objects.value.flatMap(({ name, internalIps }) => internalIps.map((one) => [one, name] as const));
  const hosts = podEnds(facts).flatMap(({ pod }) => (pod?.hostIp == null || pod.node == null ? [] : [[pod.hostIp, pod.node] as const]));
  return { pods, nodes: new Map<Ip, string>([...hosts, ...told]) };
});
