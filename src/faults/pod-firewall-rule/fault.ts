import { isOwnConnection } from '#engine/ended';
import { defineFault } from '#engine/fault';
import { podSubjects, type PodSubject } from '#engine/pods';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { subjectText } from '#engine/subject';
import type { View } from '#engine/view';
import { type PlacedRule, placedText, ruleAt } from '#facts/iptables/deadly';
import type { IptablesTable } from '#facts/iptables/iptables';
import type { Packet } from '#sim/packet/packet';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Deadly = { readonly placed: PlacedRule; readonly packet: Packet };

const scopeOf = ({ node, netns }: PodSubject) => ({ node, netns });

/** The rule or policy inside the pod that a failing way ended by. */
function deadly(view: View, { node, netns }: PodSubject, tables: readonly IptablesTable[]): Deadly | undefined {
  for (const ending of view.endings(node)) {
    const { walk } = ending;
    if (walk.at.netns !== netns || walk.reason.code !== 'NETFILTER_DROP' || isOwnConnection(ending)) continue;
    const cited = walk.reason.by.find(({ kind }) => kind === 'iptables');
    const placed = cited === undefined ? undefined : ruleAt(tables, cited.origin);
    if (placed !== undefined) return { placed, packet: walk.received };
  }
  return undefined;
}

const packetText = ({ protocol, source, destination, destinationPort }: Packet): string =>
  `${protocol} ${source} → ${destination}${destinationPort === 0 ? '' : `:${destinationPort}`}`;

function ruling(subject: PodSubject, view: View): Ruling<Found> {
  const tables = view.seen('iptables', scopeOf(subject));
  if (tables.is === 'gap') return unknown(tables.gap);
  const it = deadly(view, subject, tables.value);
  if (it === undefined) return absent(tables.value.length > 0 ? tables.value : tables.origins);
  const { placed, packet } = it;
  const { table, chain, position, rule } = placed;
  return found(
    { pod: subjectText(subject), table: table.table, chain: chain.name, position, rule: placedText(placed), packet: packetText(packet) },
    [rule ?? chain],
  );
}

/** A firewall rule in a pod's own namespace that kills its traffic. */
export default defineFault<PodSubject, Found>({
  id: 'pod-firewall-rule',
  area: 'pod',
  severity: 'error',
  needs: ['iptables', 'namespace'],
  lookAlikes: ['host-firewall-rule', 'pod-veth-down', 'pod-not-on-bridge', 'pod-default-route-missing'],
  subjects: ({ facts }) => podSubjects(facts),
  judge: ruling,
  texts: text,
  fix: (subject, params, view) => {
    const tables = view.seen('iptables', scopeOf(subject));
    const it = tables.is === 'seen' ? deadly(view, subject, tables.value) : undefined;
    if (it === undefined) throw new Error('no rule to mend');
    return fix(params, scopeOf(subject), it.placed);
  },
});
