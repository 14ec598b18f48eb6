import { type Deadly, deadlyEvidence, deadlyOf, deadlyTable, deadlyText, rulesRead, unreadRules } from '#engine/deadly';
import { defineFault } from '#engine/fault';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import type { Facts } from '#facts/facts';
import { flannelDevice } from '#intent/flannel/device';
import { machinesAt } from '#intent/flannel/home';
import { nodeSubjects } from '#intent/flannel/subjects';
import type { Packet } from '#sim/packet/packet';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type NodeSubject = Extract<Subject, { kind: 'node' }>;
type Killed = { readonly ending: Ending; readonly by: Deadly };

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
function killed(node: string, view: View): readonly Killed[] {
  const ports = tunnelPorts(view);
  return view.endings(node).flatMap((ending): Killed[] => {
    const { walk } = ending;
    if (walk.at.netns !== '' || !isTunnel(walk.outer, ports)) return [];
    const by = deadlyOf(view.facts, walk);
    return by === undefined ? [] : [{ ending, by }];
  });
}

function ruling(node: string, view: View): Ruling<Found> {
  const [first] = killed(node, view);
  if (first === undefined) {
    const gaps = unreadRules(view.facts, onNode(node));
    return gaps.length > 0 ? unknown(...gaps) : absent(aboutTunnel(view.facts, node, tunnelPorts(view)));
  }
  const { ending, by } = first;
  const received = ending.walk.outer ?? ending.walk.received;
  const out = machinesAt(view.facts, received.source).some((machine) => machine.node === node);
  const other = out ? received.destination : received.source;
  return found(
    {
      node,
      table: deadlyTable(by),
      chain: by.chain.name,
      rule: deadlyText(by),
      port: received.destinationPort,
      way: out ? 'out' : 'in',
      peer: machinesAt(view.facts, other)[0]?.node ?? other,
    },
    [deadlyEvidence(by)],
  );
}

type Worded = { readonly text: string | undefined; readonly origin: Origin };

/** Rules about the tunnel's port that no failing flow met; else the tables as a whole. */
function aboutTunnel(facts: Facts, node: string, ports: ReadonlySet<number>): readonly Evidence[] {
  const [tables, nft] = [facts.seen('iptables', onNode(node)), facts.seen('nft', onNode(node))];
  const all = [...(tables.is === 'gap' ? [] : tables.value), ...(nft.is === 'gap' ? [] : nft.value)];
  const rules = all.flatMap(({ chains }) => chains.flatMap((chain): readonly Worded[] => chain.rules));
  const named = rules.filter(({ text: words }) => [...ports].some((port) => words?.includes(`dport ${port}`)));
  return named.length > 0 ? named.slice(0, 5) : rulesRead(facts, onNode(node));
}

/** A firewall of a node that takes the tunnel's own UDP packets. */
export default defineFault<NodeSubject, Found>({
  id: 'vxlan-udp-filtered',
  is: {
    en: "a firewall of a node takes the tunnel's own UDP packets",
    zh: '节点防火墙拦截了 VXLAN 的 UDP 报文',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['iptables', 'nft', 'link', 'address', 'lease'],
  lookAlikes: [
    'vxlan-vni-mismatch',
    'vxlan-port-mismatch',
    'vxlan-vtep-mac-stale',
    'host-firewall-rule',
    'node-unreachable',
    'vxlan-fdb-missing',
  ],
  subjects: ({ facts }) => nodeSubjects(facts),
  judge: ({ node }, view) => ruling(node, view),
  texts: text,
  fix: (_, params, view) => {
    const [first] = killed(params.node, view);
    if (first === undefined) throw new Error(`no rule on ${params.node} to mend`);
    return fix(params, first.by);
  },
});
