import { openGaps } from '#engine/ended';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import { kubeProxyUnit } from '#intent/kube-proxy/daemon';
import { type Family, familyOf } from '#net/ip';
import { type Masquerade, masqueradeOf } from '#intent/kube-proxy/masquerade';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Lacking = Extract<Masquerade, { is: 'missing' }>;

/**
 * A failing way of a pod to a Service that led back to the pod with its own address as the source. IPv4 takes it for a martian; IPv6, and
 * IPv4 with accept_local, let the pod answer itself, by an address that it did not call.
 */
const backToItself = (view: View, node: string, family: Family): Ending | undefined =>
  view
    .endings(node)
    .find(
      ({ check, walk }) =>
        check.kind === 'pod-service' &&
        walk.at.netns !== '' &&
        familyOf(walk.received.destination) === family &&
        walk.received.source === walk.received.destination,
    );

function ruling(node: string, family: Family, view: View): Ruling<Found> {
  const lacking = masqueradeOf(view.facts, node, family);
  if (lacking.is === 'unknown') return unknown(lacking.gap);
  return lacking.is === 'missing' ? lackingRuling(node, family, lacking, view) : absent(lacking.evidence);
}

function lackingRuling(node: string, family: Family, lacking: Lacking, view: View): Ruling<Found> {
  const ending = backToItself(view, node, family);
  if (ending === undefined) {
    const gaps = openGaps(view, node);
    return gaps.length > 0 ? unknown(...gaps) : absent(lacking.evidence);
  }
  const { check, walk } = ending;
  const service = /→(.+)\/\w+$/.exec(check.id)?.[1] ?? check.id;
  const unit = kubeProxyUnit(view.facts, node);
  const { what, chain } = lacking;
  const isMartian = walk.reason.code === 'IP_LOCAL_SOURCE';
  return found({ node, what, chain, family, service, address: walk.received.destination, isMartian, unit }, lacking.evidence);
}

/** A node that no longer masquerades what kube-proxy marks for it: a pod behind its own Service does not reach itself. */
export default defineFault<Node, Found>({
  id: 'service-masquerade-missing',
  is: {
    en: 'a node no longer masquerades what kube-proxy marks for it',
    zh: '节点不再对 kube-proxy 标记的报文做 SNAT',
  },
  area: 'service',
  severity: 'error',
  needs: ['iptables', 'unit', 'service'],
  lookAlikes: ['hairpin-off', 'service-rules-missing', 'bridge-nf-call-off', 'service-endpoint-dead', 'flannel-docker-masq'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const rulings = [ruling(node, 4, view), ruling(node, 6, view)] as const;
    return rulings.find(({ is }) => is === 'found') ?? rulings.find(({ is }) => is === 'unknown') ?? rulings[0];
  },
  texts: text,
  fix: (_, params) => fix(params),
});
