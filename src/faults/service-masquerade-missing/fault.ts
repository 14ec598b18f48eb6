import { openGaps } from '#engine/ended';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import { kubeProxyUnit } from '#intent/kube-proxy/daemon';
import { type Masquerade, masqueradeOf } from '#intent/kube-proxy/masquerade';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Lacking = Extract<Masquerade, { is: 'missing' }>;

/** A failing way of a pod to a Service that led back to the pod with its own address as the source. */
const backToItself = (view: View, node: string): Ending | undefined =>
  view
    .endings(node)
    .find(
      ({ check, walk, way }) =>
        check.kind === 'pod-service' &&
        way === 'there' &&
        walk.at.netns !== '' &&
        walk.reason.code === 'IP_LOCAL_SOURCE' &&
        walk.received.source === walk.received.destination,
    );

function ruling(node: string, lacking: Lacking, view: View): Ruling<Found> {
  const ending = backToItself(view, node);
  if (ending === undefined) {
    const gaps = openGaps(view, node);
    return gaps.length > 0 ? unknown(...gaps) : absent(lacking.evidence);
  }
  const { check, walk } = ending;
  const service = /→(.+)\/\w+$/.exec(check.id)?.[1] ?? check.id;
  const unit = kubeProxyUnit(view.facts, node);
  return found({ node, what: lacking.what, chain: lacking.chain, service, address: walk.received.destination, unit }, lacking.evidence);
}

/** A node that no longer masquerades what kube-proxy marks for it: a pod behind its own Service does not reach itself. */
export default defineFault<Node, Found>({
  id: 'service-masquerade-missing',
  area: 'service',
  severity: 'error',
  needs: ['iptables', 'unit', 'service'],
  lookAlikes: ['hairpin-off', 'service-rules-missing', 'bridge-nf-call-off', 'service-endpoint-dead', 'flannel-docker-masq'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const masquerade = masqueradeOf(view.facts, node);
    if (masquerade.is === 'unknown') return unknown(masquerade.gap);
    return masquerade.is === 'missing' ? ruling(node, masquerade, view) : absent(masquerade.evidence);
  },
  texts: text,
  fix: (_, params) => fix(params),
});
