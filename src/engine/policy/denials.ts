import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import { type PlacedRule, ruleAt } from '#facts/iptables/deadly';
import { programOfChain, programOfTable } from '#intent/owner/names';
import { deciderOf as calicoDecider } from '#policy/calico/rules';
import { tieredPolicies } from '#policy/calico/converted';
import { deciderOf as kubernetesDecider } from '#policy/network-policy/side';
import { policyVerdict } from '#policy/policy-verdict';
import type { PolicyQuestion } from '#policy/question';
import type { Side } from '#policy/verdict';
import type { FactRef, Walk } from '#sim/packet/outcome';
import { CLUSTER, type Scope } from '#snapshot/scope';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import { endOfAddress } from '../reach/policy-side.ts';
import type { Ending, View } from '../view.ts';

/** A failing way that ends at a rule of whoever enforces policies. */
type Stopped = {
  readonly ending: Ending;
  /** The rule, or the chain that has it. */
  readonly by: FactRef;
  /** Its place in iptables; nothing where it is a rule of nftables. */
  readonly placed: PlacedRule | undefined;
  readonly scope: Scope;
  readonly program: string;
};

/** A failing way that policies deny, and that the kernel ends by a rule of whoever enforces them. */
export type Denied = Stopped & { readonly direction: 'Ingress' | 'Egress'; readonly question: PolicyQuestion; readonly side: Side };

/** What policies deny of what fails, and what kept others from being told. */
export type Denials = { readonly denied: readonly Denied[]; readonly gaps: readonly Gap[] };

/** Programs whose rules drop packets for policies. */
const ENFORCERS: ReadonlySet<string> = new Set([
  'Calico',
  'Cilium',
  'kube-router',
  'Weave',
  'Antrea',
  'Azure NPM',
  'kube-network-policies',
]);

/** The failing ways that policies deny, as the kernel carries them out. */
export const denialsOf: (view: View) => Denials = memoised((view: View): Denials => {
  const stopped = view.endings().flatMap((ending) => stoppedBy(view.facts, ending));
  const pods = view.seen('pod', CLUSTER);
  if (stopped.length > 0 && pods.is === 'gap') return { denied: [], gaps: [pods.gap] };
  const told = stopped.flatMap((one) => questionOf(view.facts, one.ending.walk).map((question) => ({ ...one, question })));
  const judged = told.map((one) => ({ one, verdict: policyVerdict(view.facts, one.question) }));
  const denied = judged.flatMap(({ one, verdict: { egress, ingress } }): Denied[] =>
    egress.is === 'denied'
      ? [{ ...one, direction: 'Egress', side: egress }]
      : ingress.is === 'denied'
        ? [{ ...one, direction: 'Ingress', side: ingress }]
        : [],
  );
  const gaps = judged.flatMap(({ verdict: { is, egress, ingress } }) => (is === 'unknown' ? [...egress.gaps, ...ingress.gaps] : []));
  return { denied, gaps };
});

/** Whether any failing way ends at the rules of whoever enforces policies. */
export const isStopped = (view: View): boolean => view.endings().some((ending) => stoppedBy(view.facts, ending).length > 0);

/** A policy by the name that verdicts give it. */
export type NamedPolicy = { readonly policy: string; readonly origin: Origin };

/** The policies of a cluster. */
export function namedPolicies(facts: Facts): readonly NamedPolicy[] {
  const [kubernetes, calico] = [facts.seen('network-policy', CLUSTER), facts.seen('calico-policy', CLUSTER)];
  return [
    ...(kubernetes.is === 'gap' ? [] : kubernetes.value).map((one) => kubernetesDecider(one)),
    ...tieredPolicies(calico.is === 'gap' ? [] : calico.value, []).map((one) => calicoDecider(one)),
  ];
}

function stoppedBy(facts: Facts, ending: Ending): readonly Stopped[] {
  const { walk, way } = ending;
  if (way === 'back' || (walk.disposition !== 'dropped' && walk.disposition !== 'rejected')) return [];
  const by = walk.reason.by.find(({ kind }) => kind === 'iptables' || kind === 'nft');
  if (by === undefined) return [];
  const scope = { node: walk.at.node, netns: walk.at.netns };
  const tables = by.kind === 'iptables' ? facts.seen('iptables', scope) : undefined;
  const placed = tables?.is === 'seen' ? ruleAt(tables.value, by.origin) : undefined;
  const program = placed === undefined ? programOfTable(by.key.split(' ')[1] ?? '') : programOfChain(placed.chain.name);
  return program !== null && ENFORCERS.has(program) ? [{ ending, by, placed, scope, program }] : [];
}

const PROTOCOLS: ReadonlyMap<string, PolicyQuestion['protocol']> = new Map([
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
  ['sctp', 'SCTP'],
  ['icmp', 'ICMP'],
  ['icmpv6', 'ICMP'],
]);

/** The packet as the enforcer saw it: behind every Service. */
function questionOf(facts: Facts, { received }: Walk): readonly PolicyQuestion[] {
  const protocol = PROTOCOLS.get(received.protocol);
  if (protocol === undefined) return [];
  const [from, to] = [endOfAddress(facts, received.source, null), endOfAddress(facts, received.destination, null)];
  return [{ from, to, protocol, port: protocol === 'ICMP' ? null : received.destinationPort }];
}
