import type { Answered, Check } from '#engine/check';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { type Conntrack, tupleText } from '#facts/conntrack/conntrack';
import { type TwoBackends, twoBackends } from '#intent/kube-proxy/two-backends';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Leftover = Extract<TwoBackends, { is: 'leftover' }>;

/** A connection that was led to where only the old rules lead: it was rewritten, and nothing has come back. */
function ledAstray(view: View, node: string, { stale }: Leftover): Conntrack | undefined {
  const entries = view.seen('conntrack', onNode(node));
  const there = new Set(stale.filter(({ dnat }) => dnat.counters?.packets !== 0).map(({ endpoint }) => endpoint));
  if (entries.is === 'gap') return undefined;
  return entries.value.find(
    ({ original, reply, unreplied }) => unreplied && there.has(reply.source) && original.destination !== reply.source,
  );
}

function ruling(node: string, view: View, leftover: Leftover): Ruling<Found> {
  const { old, own, stale } = leftover;
  const astray = ledAstray(view, node, leftover);
  return found(
    {
      node,
      old,
      own,
      services: [...new Set(stale.map(({ service }) => service))],
      endpoints: [...new Set(stale.map(({ endpoint }) => endpoint))],
      connection: astray === undefined ? null : tupleText(astray.original),
    },
    [...stale.slice(0, 3).map(({ dnat }) => dnat), ...(astray === undefined ? [] : [astray])],
  );
}

/** Which of the two is asked first nobody tells, so that no flow is sure to fail: the question is whether only one leads to Services, or both alike. */
const asked = ({ node }: Node): Check => ({
  id: `one iptables ${node}`,
  kind: 'one-iptables',
  from: 'invariant',
  says: { en: `one machinery leads to Services on ${node}, or both alike`, zh: `${node} 上只有一套 iptables 规则负责 Service，或两套一致` },
  ask: ({ facts }): Answered => {
    const { is } = twoBackends(facts, node);
    const result = is === 'leftover' ? 'fail' : is === 'unknown' ? 'unknown' : 'pass';
    const says = is === 'leftover' ? 'both do, and one to what is no endpoint' : is === 'unknown' ? 'not known' : 'so it is';
    return { probability: null, outcomes: [], gaps: [], result, says };
  },
});

/** Rules of an old kube-proxy in the other iptables machinery, which still lead packets to Services. */
export default defineFault<Node, Found>({
  id: 'both-iptables-backends',
  is: {
    en: 'rules of an old kube-proxy in the other iptables still lead packets',
    zh: '另一种 iptables 后端中残留的旧 kube-proxy 规则仍在生效',
  },
  area: 'service',
  severity: 'error',
  needs: ['iptables', 'conntrack', 'service', 'endpoints'],
  lookAlikes: ['kube-proxy-mode-leftovers', 'kube-proxy-stuck', 'service-endpoint-dead', 'endpoint-slice-stale', 'service-rules-missing'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const both = twoBackends(view.facts, node);
    if (both.is === 'unknown') return unknown(both.gap);
    return both.is === 'leftover' ? ruling(node, view, both) : absent(both.evidence);
  },
  asks: (subject) => [asked(subject)],
  texts: text,
  fix: (_, params, { facts }) => {
    const both = twoBackends(facts, params.node);
    return fix(params, both.is === 'leftover' ? both.tables : []);
  },
});
