import { inTunnel, isOwnConnection } from '#engine/ended';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import { type PlacedRule, placedText, ruleAt } from '#facts/iptables/deadly';
import type { IptablesTable } from '#facts/iptables/iptables';
import { chainOwner, ruleOwner } from '#facts/iptables/owner';
import type { Packet } from '#sim/packet/packet';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Deadly = { readonly ending: Ending; readonly placed: PlacedRule };

/** Who makes rules as part of the cluster: theirs are judged by other faults. */
const CLUSTER: ReadonlySet<string> = new Set(['kube-proxy', 'flanneld', 'Calico', 'Cilium', 'CNI portmap', 'Weave']);

const ownerOf = ({ chain, rule }: PlacedRule): string | null => (rule === null ? null : ruleOwner(chain.name, rule));

const isForwardPolicy = ({ table, chain, rule }: PlacedRule): boolean =>
  rule === null && chain.name === 'FORWARD' && table.table === 'filter';

/** Failing ways that end on the node by a rule or policy of a host firewall. */
function deadly(view: View, node: string, tables: readonly IptablesTable[]): readonly Deadly[] {
  return view.endings(node).flatMap((ending): Deadly[] => {
    const { walk } = ending;
    if (walk.at.netns !== '' || walk.reason.code !== 'NETFILTER_DROP' || inTunnel(walk) || isOwnConnection(ending)) return [];
    const cited = walk.reason.by.find(({ kind }) => kind === 'iptables');
    const placed = cited === undefined ? undefined : ruleAt(tables, cited.origin);
    if (placed === undefined || isForwardPolicy(placed) || CLUSTER.has(ownerOf(placed) ?? '')) return [];
    return [{ ending, placed }];
  });
}

const packetText = ({ protocol, source, destination, destinationPort }: Packet): string =>
  `${protocol} ${source} → ${destination}${destinationPort === 0 ? '' : `:${destinationPort}`}`;

function ruling(node: string, view: View, tables: readonly IptablesTable[]): Ruling<Found> {
  const [first] = deadly(view, node, tables);
  if (first === undefined) return absent(foreignDrops(tables));
  const { placed, ending } = first;
  return found(
    {
      node,
      table: placed.table.table,
      chain: placed.chain.name,
      position: placed.position,
      rule: placedText(placed),
      owner: ownerOf(placed) ?? chainOwner(placed.chain.name),
      packet: packetText(ending.walk.received),
    },
    [placed.rule ?? placed.chain],
  );
}

/** Rules that drop something, none of which a failing flow met. */
const foreignDrops = (tables: readonly IptablesTable[]) => {
  const drops = tables.flatMap(({ chains }) =>
    chains.flatMap(({ rules }) => rules.filter(({ target }) => target?.name === 'DROP' || target?.name === 'REJECT')),
  );
  return drops.length > 0 ? drops.slice(0, 5) : tables;
};

/** A rule of a person or of a host firewall that kills cluster traffic. */
export default defineFault<Node, Found>({
  id: 'host-firewall-rule',
  area: 'node',
  severity: 'error',
  needs: ['iptables'],
  lookAlikes: ['forward-policy-drop', 'ip-forward-off', 'rp-filter-strict', 'vxlan-udp-filtered', 'pod-firewall-rule'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const tables = view.seen('iptables', onNode(node));
    return tables.is === 'gap' ? unknown(tables.gap) : ruling(node, view, tables.value);
  },
  texts: text,
  fix: (_, params, view) => {
    const tables = view.seen('iptables', onNode(params.node));
    const [first] = tables.is === 'seen' ? deadly(view, params.node, tables.value) : [];
    if (first === undefined) throw new Error(`no rule on ${params.node} to mend`);
    return fix(params, first.placed);
  },
});
