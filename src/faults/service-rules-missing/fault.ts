import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import { kubeProxyUnit } from '#intent/kube-proxy/daemon';
import { type Portals, portalsOf } from '#intent/kube-proxy/portals';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Lost = Extract<Portals, { is: 'lost' }>;

/** A failing question for a Service from this node whose packet nobody rewrote. */
const unwritten = (view: View, node: string): Ending | undefined =>
  view.endings().find(({ check, walk, way }) => {
    const { flow } = check;
    const isService = check.id.startsWith('pod-service ') || check.id.startsWith('node-service ');
    return isService && way === 'there' && flow?.from.node === node && walk.received.destination === flow.to;
  });

function ruling(node: string, lost: Lost, view: View): Ruling<Found> {
  const ending = unwritten(view, node);
  if (ending === undefined) return absent(lost.evidence);
  const { check, walk } = ending;
  const service = /→(.+)\/\w+$/.exec(check.id)?.[1] ?? check.id;
  const address = `${walk.packet.destination}:${walk.packet.destinationPort}`;
  return found({ node, what: lost.what, chain: lost.chain, service, address, unit: kubeProxyUnit(view.facts, node) }, lost.evidence);
}

/** A node on which packets no longer meet kube-proxy's rules. */
export default defineFault<Node, Found>({
  id: 'service-rules-missing',
  area: 'service',
  severity: 'error',
  needs: ['iptables', 'nft', 'process', 'unit', 'service'],
  lookAlikes: ['kube-proxy-stuck', 'service-endpoint-dead', 'default-route-missing', 'forward-policy-drop'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const portals = portalsOf(view.facts, node);
    if (portals.is === 'unknown') return unknown(portals.gap);
    return portals.is === 'lost' ? ruling(node, portals, view) : absent(portals.evidence);
  },
  texts: text,
  fix: (_, params) => fix(params),
});
