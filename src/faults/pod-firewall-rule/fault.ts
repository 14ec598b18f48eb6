import { type Deadly, deadlyEvidence, deadlyOf, deadlyTable, deadlyText, rulesRead, unreadRules } from '#engine/deadly';
import { isOwnConnection } from '#engine/ended';
import { defineFault } from '#engine/fault';
import { podSubjects, type PodSubject } from '#engine/pods';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { subjectText } from '#engine/subject';
import type { View } from '#engine/view';
import type { Packet } from '#sim/packet/packet';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Killed = { readonly by: Deadly; readonly packet: Packet };

const scopeOf = ({ node, netns }: PodSubject) => ({ node, netns });

/** The rule or policy inside the pod that a failing way ended by. */
function killed(view: View, { node, netns }: PodSubject): Killed | undefined {
  for (const ending of view.endings(node)) {
    const { walk } = ending;
    if (walk.at.netns !== netns || isOwnConnection(ending)) continue;
    const by = deadlyOf(view.facts, walk);
    if (by !== undefined) return { by, packet: walk.received };
  }
  return undefined;
}

const packetText = ({ protocol, source, destination, destinationPort }: Packet): string =>
  `${protocol} ${source} → ${destination}${destinationPort === 0 ? '' : `:${destinationPort}`}`;

function ruling(subject: PodSubject, view: View): Ruling<Found> {
  const it = killed(view, subject);
  if (it === undefined) {
    const gaps = unreadRules(view.facts, scopeOf(subject));
    return gaps.length > 0 ? unknown(...gaps) : absent(rulesRead(view.facts, scopeOf(subject)));
  }
  const { by, packet } = it;
  const { chain, position } = by;
  return found(
    {
      pod: subjectText(subject),
      table: deadlyTable(by),
      chain: chain.name,
      position,
      rule: deadlyText(by),
      packet: packetText(packet),
    },
    [deadlyEvidence(by)],
  );
}

/** A firewall rule in a pod's own namespace that kills its traffic. */
export default defineFault<PodSubject, Found>({
  id: 'pod-firewall-rule',
  is: {
    en: "a firewall rule in a pod's own namespace kills its traffic",
    zh: 'Pod 内部的防火墙规则拦截了流量',
  },
  area: 'pod',
  severity: 'error',
  needs: ['iptables', 'nft', 'namespace'],
  lookAlikes: ['host-firewall-rule', 'pod-veth-down', 'pod-not-on-bridge', 'pod-default-route-missing'],
  subjects: ({ facts }) => podSubjects(facts),
  judge: ruling,
  texts: text,
  fix: (subject, params, view) => {
    const it = killed(view, subject);
    if (it === undefined) throw new Error('no rule to mend');
    return fix(params, scopeOf(subject), it.by);
  },
});
