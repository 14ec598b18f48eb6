import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { deviatingAt, failingFronts, rightElsewhere } from '#engine/services/behind';
import { deviationText } from '#engine/services/deviation-text';
import type { Deviating } from '#engine/services/deviation';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { hasObjects } from '#intent/endpoint-slices/empty-services';
import { kubeProxyRuns, kubeProxyUnit } from '#intent/kube-proxy/daemon';
import { portalsOf } from '#intent/kube-proxy/portals';
import { twoBackends } from '#intent/kube-proxy/two-backends';
import type { Family } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { CLUSTER, onNode } from '#snapshot/scope';
import { seen } from '#snapshot/seen';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Behind = { readonly deviating: Deviating; readonly others: readonly string[] };

const FAMILIES: readonly Family[] = [4, 6];

type Lost = readonly (readonly [Family, readonly Origin[]])[];

/** The families in which a node's rules are gone altogether, and what shows it. */
const lostOn = (node: string, view: View): Lost =>
  FAMILIES.flatMap((family) => {
    const portals = portalsOf(view.facts, node, family);
    return portals.is === 'lost' ? [[family, portals.evidence] as const] : [];
  });

/** The fronts that fail here by old rules, and are right on other nodes; where all rules are gone, that is another fault. */
function behind(node: string, lost: Lost, view: View): readonly Behind[] {
  const failing = failingFronts(view, node).filter((front) => lost.every(([family]) => family !== front.family));
  return failing.flatMap((front): Behind[] => {
    const [deviating] = deviatingAt(view.world, node, front);
    const others = deviating === undefined ? [] : rightElsewhere(view.facts, view.world, node, front);
    return deviating === undefined || others.length === 0 ? [] : [{ deviating, others }];
  });
}

function ruling(node: string, view: View): Ruling<Found> {
  const lost = lostOn(node, view);
  const old = behind(node, lost, view);
  const [first] = old;
  const services = view.seen('service', CLUSTER);
  if (first === undefined) return absent(lost[0]?.[1] ?? (services.is === 'seen' ? services.origins : []));
  return found(
    {
      node,
      services: [...new Set(old.map(({ deviating }) => deviating.front.name))],
      deviation: deviationText(first.deviating),
      others: first.others,
      runs: kubeProxyRuns(view.facts, node),
      unit: kubeProxyUnit(view.facts, node),
    },
    first.deviating.evidence,
  );
}

/** A node whose rules are what the Services once were: its kube-proxy stands still, has lost its watch, or does not run. */
export default defineFault<Node, Found>({
  id: 'kube-proxy-stuck',
  is: {
    en: 'the rules of a node are what the Services once were: kube-proxy stands still',
    zh: 'kube-proxy 不再跟随 API，节点上的规则已过时',
  },
  area: 'service',
  severity: 'error',
  needs: ['iptables', 'service', 'endpoints', 'process', 'unit'],
  lookAlikes: ['service-endpoint-dead', 'service-rules-missing', 'both-iptables-backends', 'connection-half-open'],
  subjects: ({ facts }) => seen(hasObjects(facts) ? facts.nodes().map((node) => ({ kind: 'node', node })) : [], []),
  judge: ({ node }, view) => {
    const [services, slices, tables] = [
      view.seen('service', CLUSTER),
      view.seen('endpoints', CLUSTER),
      view.seen('iptables', onNode(node)),
    ];
    if (tables.is === 'gap') return unknown(tables.gap);
    if (services.is === 'gap') return unknown(services.gap);
    if (slices.is === 'gap') return unknown(slices.gap);
    // old rules in the other iptables machinery are another fault
    const both = twoBackends(view.facts, node);
    return both.is === 'leftover' ? absent(both.stale.slice(0, 3).map(({ dnat }) => dnat)) : ruling(node, view);
  },
  texts: text,
  fix: (_, params) => fix(params),
});
