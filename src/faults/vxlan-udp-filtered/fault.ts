import { defineFault } from '#engine/fault';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import { type PlacedRule, placedText, ruleAt } from '#facts/iptables/deadly';
import type { IptablesTable } from '#facts/iptables/iptables';
import { flannelDevice } from '#intent/flannel/device';
import { machinesAt } from '#intent/flannel/home';
import { nodeSubjects } from '#intent/flannel/subjects';
import type { Packet } from '#sim/packet/packet';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type NodeSubject = Extract<Subject, { kind: 'node' }>;
type Deadly = { readonly ending: Ending; readonly placed: PlacedRule };

/** The UDP ports that the VXLAN devices of all captured nodes use. */
const tunnelPorts = ({ facts }: View): ReadonlySet<number> =>
  new Set(
    facts.nodes().flatMap((node) => {
      const device = flannelDevice(facts, node);
      return (device.is === 'seen' ? device.value?.vxlan?.port : undefined) ?? [];
    }),
  );

const isTunnel = (outer: Packet | undefined, ports: ReadonlySet<number>): outer is Packet =>
  outer?.protocol === 'udp' && ports.has(outer.destinationPort);

/** The failing ways that end on a node because a rule or policy of its own takes the tunnel's packets. */
function deadly(node: string, view: View, tables: readonly IptablesTable[]): readonly Deadly[] {
  const ports = tunnelPorts(view);
  return view.endings(node).flatMap((ending): Deadly[] => {
    const { walk } = ending;
    if (walk.at.netns !== '' || walk.reason.code !== 'NETFILTER_DROP' || !isTunnel(walk.outer, ports)) return [];
    const cited = walk.reason.by.find(({ kind }) => kind === 'iptables');
    const placed = cited === undefined ? undefined : ruleAt(tables, cited.origin);
    return placed === undefined ? [] : [{ ending, placed }];
  });
}

function ruling(node: string, view: View, tables: readonly IptablesTable[]): Ruling<Found> {
  const [first] = deadly(node, view, tables);
  if (first === undefined) return absent(aboutTunnel(tables, tunnelPorts(view)));
  const { ending, placed } = first;
  const received = ending.walk.outer ?? ending.walk.received;
  const out = machinesAt(view.facts, received.source).some((machine) => machine.node === node);
  const other = out ? received.destination : received.source;
  return found(
    {
      node,
      table: placed.table.table,
      chain: placed.chain.name,
      rule: placedText(placed),
      port: received.destinationPort,
      way: out ? 'out' : 'in',
      peer: machinesAt(view.facts, other)[0]?.node ?? other,
    },
    [placed.rule ?? placed.chain],
  );
}

/** Rules about the tunnel's port that no failing flow met; else the tables as a whole. */
function aboutTunnel(tables: readonly IptablesTable[], ports: ReadonlySet<number>): readonly Evidence[] {
  const named = tables.flatMap(({ chains }) =>
    chains.flatMap(({ rules }) => rules.filter((rule) => [...ports].some((port) => rule.text.includes(`dport ${port}`)))),
  );
  return named.length > 0 ? named.slice(0, 5) : tables;
}

/** A firewall of a node that takes the tunnel's own UDP packets. */
export default defineFault<NodeSubject, Found>({
  id: 'vxlan-udp-filtered',
  area: 'overlay',
  severity: 'error',
  needs: ['iptables', 'link', 'address', 'lease'],
  lookAlikes: [
    'vxlan-vni-mismatch',
    'vxlan-port-mismatch',
    'vxlan-vtep-mac-stale',
    'host-firewall-rule',
    'node-unreachable',
    'vxlan-fdb-missing',
  ],
  subjects: ({ facts }) => nodeSubjects(facts),
  judge: ({ node }, view) => {
    const tables = view.seen('iptables', onNode(node));
    return tables.is === 'gap' ? unknown(tables.gap) : ruling(node, view, tables.value);
  },
  texts: text,
  fix: (_, params, view) => {
    const tables = view.seen('iptables', onNode(params.node));
    const [first] = tables.is === 'seen' ? deadly(params.node, view, tables.value) : [];
    if (first === undefined) throw new Error(`no rule on ${params.node} to mend`);
    return fix(params, first.placed);
  },
});
