import {
  type Deadly,
  deadlyEvidence,
  deadlyOf,
  deadlyOwner,
  deadlyTable,
  deadlyText,
  isForwardPolicy,
  rulesRead,
  unreadRules,
} from '#engine/deadly';
import { inTunnel, isOwnConnection } from '#engine/ended';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { NftStatement } from '#facts/nft/nft';
import type { Packet } from '#sim/packet/packet';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Killed = { readonly ending: Ending; readonly by: Deadly };

/** Who makes rules as part of the cluster: theirs are judged by other faults. */
const CLUSTER: ReadonlySet<string> = new Set([
  'kube-proxy',
  'flanneld',
  'Calico',
  'Cilium',
  'CNI portmap',
  'CNI bridge',
  'Weave',
  'kube-network-policies',
]);

/** Failing ways that end on the node by a rule or policy of a host firewall. */
const killed = (view: View, node: string): readonly Killed[] =>
  view.endings(node).flatMap((ending): Killed[] => {
    const { walk } = ending;
    if (walk.at.netns !== '' || inTunnel(walk) || isOwnConnection(ending)) return [];
    const by = deadlyOf(view.facts, walk);
    return by === undefined || isForwardPolicy(by) || CLUSTER.has(deadlyOwner(by) ?? '') ? [] : [{ ending, by }];
  });

const packetText = ({ protocol, source, destination, destinationPort }: Packet): string =>
  `${protocol} ${source} → ${destination}${destinationPort === 0 ? '' : `:${destinationPort}`}`;

function ruling(node: string, view: View): Ruling<Found> {
  const [first] = killed(view, node);
  if (first === undefined) {
    const gaps = unreadRules(view.facts, onNode(node));
    return gaps.length > 0 ? unknown(...gaps) : absent(foreignDrops(view.facts, node));
  }
  const { by, ending } = first;
  return found(
    {
      node,
      table: deadlyTable(by),
      chain: by.chain.name,
      position: by.position,
      rule: deadlyText(by),
      owner: deadlyOwner(by),
      packet: packetText(ending.walk.received),
    },
    [deadlyEvidence(by)],
  );
}

/** Rules that drop something, none of which a failing flow met. */
function foreignDrops(facts: Facts, node: string): readonly Evidence[] {
  const [tables, nft] = [facts.seen('iptables', onNode(node)), facts.seen('nft', onNode(node))];
  const drops = (tables.is === 'gap' ? [] : tables.value).flatMap(({ chains }) =>
    chains.flatMap(({ rules }) => rules.filter(({ target }) => target?.name === 'DROP' || target?.name === 'REJECT')),
  );
  const native = (nft.is === 'gap' ? [] : nft.value).flatMap(({ chains }) =>
    chains.flatMap(({ rules }) => rules.filter(({ statements }) => statements.some(isDrop))),
  );
  const all = [...drops, ...native];
  return all.length > 0 ? all.slice(0, 5) : rulesRead(facts, onNode(node));
}

const isDrop = (statement: NftStatement): boolean =>
  statement.does === 'reject' || (statement.does === 'verdict' && statement.verdict.verdict === 'drop');

/** A rule of a person or of a host firewall that kills cluster traffic. */
export default defineFault<Node, Found>({
  id: 'host-firewall-rule',
  is: {
    en: 'a rule of a person or of a host firewall kills cluster traffic',
    zh: '人工或主机防火墙的规则拦截了集群流量',
  },
  area: 'node',
  severity: 'error',
  needs: ['iptables', 'nft'],
  lookAlikes: ['forward-policy-drop', 'ip-forward-off', 'rp-filter-strict', 'vxlan-udp-filtered', 'pod-firewall-rule'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => ruling(node, view),
  texts: text,
  fix: (_, params, view) => {
    const [first] = killed(view, params.node);
    if (first === undefined) throw new Error(`no rule on ${params.node} to mend`);
    return fix(params, first.by);
  },
});
