import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import { endText as portalText } from '#intent/kube-proxy/backends';
import { kubeProxyUnit } from '#intent/kube-proxy/daemon';
import { type Portals, portalsOf } from '#intent/kube-proxy/portals';
import { type Family, familyOf } from '#net/ip';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Lost = Extract<Portals, { is: 'lost' }>;

const FAMILIES: readonly Family[] = [4, 6];

/** A failing question for a Service from this node, in one family, whose packet nobody rewrote. */
const unwritten = (view: View, node: string, family: Family): Ending | undefined =>
  view.endings().find(({ check, walk, way }) => {
    const { flow } = check;
    const isService = check.id.startsWith('pod-service ') || check.id.startsWith('node-service ');
    if (!isService || way !== 'there' || flow?.from.node !== node || walk.received.destination !== flow.to) return false;
    return familyOf(walk.received.destination) === family;
  });

function ruling(node: string, family: Family, lost: Lost, view: View): Ruling<Found> {
  const ending = unwritten(view, node, family);
  if (ending === undefined) return absent(lost.evidence);
  const { check, walk } = ending;
  const service = /→(.+)\/\w+$/.exec(check.id)?.[1] ?? check.id;
  const address = portalText({ address: walk.packet.destination, port: walk.packet.destinationPort });
  const isRefused = walk.disposition === 'no listener';
  return found(
    { node, family, what: lost.what, chain: lost.chain, service, address, isRefused, unit: kubeProxyUnit(view.facts, node) },
    lost.evidence,
  );
}

/** A node on which packets no longer meet kube-proxy's rules. */
export default defineFault<Node, Found>({
  id: 'service-rules-missing',
  is: {
    en: "packets of a node no longer meet kube-proxy's rules",
    zh: '节点上的报文不再经过 kube-proxy 的规则',
  },
  area: 'service',
  severity: 'error',
  needs: ['iptables', 'nft', 'process', 'unit', 'service'],
  lookAlikes: ['kube-proxy-stuck', 'service-endpoint-dead', 'default-route-missing', 'forward-policy-drop'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const rulings = FAMILIES.map((family): Ruling<Found> => {
      const portals = portalsOf(view.facts, node, family);
      if (portals.is === 'unknown') return unknown(portals.gap);
      return portals.is === 'lost' ? ruling(node, family, portals, view) : absent(portals.evidence);
    });
    const [four] = rulings;
    return rulings.find(({ is }) => is === 'found') ?? rulings.find(({ is }) => is === 'unknown') ?? four ?? absent([]);
  },
  texts: text,
  fix: (_, params) => fix(params),
});
