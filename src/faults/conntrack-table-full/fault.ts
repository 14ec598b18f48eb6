import type { Answered, Check } from '#engine/check';
import { endedBy } from '#engine/ended';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import type { Gap } from '#snapshot/gap';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import { busiest, type Fill, fillOf, isFull, isNearlyFull, rose } from './table.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;

const SAYS_FULL = /nf_conntrack: table full, dropping packet/;

/** Lines of the kernel's log, where somebody gave it. */
function logged(view: View, node: string): readonly Evidence[] {
  const lines = view.seen('log-line', onNode(node));
  return lines.is === 'seen' ? lines.value.filter(({ text: line }) => SAYS_FULL.test(line)).slice(-1) : [];
}

function ruling(node: string, view: View, fill: Fill): Ruling<Found> {
  const { count, max, dropped, gaveWay } = fill;
  if (!isNearlyFull(fill)) return absent([count, max]);
  const lines = logged(view, node);
  const evidence = [count, max, ...(dropped.counter === null ? [] : [dropped.counter]), ...lines];
  const refuses = rose(dropped) || (isFull(fill) && (lines.length > 0 || endedBy(view, node, count).length > 0));
  if (refuses) return found({ node, count: count.value, max: max.value, dropped: dropped.by, ...mostOf(view, node) }, evidence);
  return isFull(fill) && !rose(gaveWay) ? unknown(notTried(node, fill)) : absent(evidence);
}

function mostOf(view: View, node: string): Pick<Found, 'busiest' | 'percent'> {
  const most = busiest(view.facts, node);
  return { busiest: most?.who ?? null, percent: most === null ? null : Math.round(100 * most.share) };
}

/** What no flow can ask while entries come and go at the limit: whether whoever comes finds room. */
const asked = ({ node }: Node): Check => ({
  id: `connection table ${node}`,
  kind: 'connection-table',
  from: 'invariant',
  says: { en: `the connection table of ${node} takes new connections`, zh: `${node} 的连接跟踪表能容纳新连接` },
  ask: ({ facts }): Answered => {
    const fill = fillOf(facts, node);
    const base = { probability: null, outcomes: [], gaps: [] };
    if (fill === undefined) return { ...base, result: 'unknown', says: 'how full it is was not read' };
    return { ...base, result: takes(fill), says: `${fill.count.value} of ${fill.max.value}` };
  },
});

/** A table that is nearly full may refuse: what it dropped meanwhile must have been counted. */
function takes(fill: Fill): Answered['result'] {
  if (!isNearlyFull(fill)) return 'pass';
  if (fill.dropped.by === null) return 'unknown';
  return fill.dropped.by > 0 ? 'fail' : 'pass';
}

const notTried = (node: string, { count, max, dropped, gaveWay }: Fill): Gap => ({
  of: 'counter',
  scope: onNode(node),
  why: 'not told',
  detail: `the connection table of ${node} holds ${count.value} of ${max.value}, and ${dropped.by === null || gaveWay.by === null ? 'what it dropped, or which entries made room, was not counted at two looks' : 'no packet was dropped and no entry made room between two looks'}`,
  capture: 'conntrack -S (twice)',
});

/** A connection table without room: whatever opens a connection is dropped. */
export default defineFault<Node, Found>({
  id: 'conntrack-table-full',
  is: {
    en: 'the connection table has no room: new connections are dropped',
    zh: '连接跟踪表已满，新连接被丢弃',
  },
  area: 'node',
  severity: 'error',
  needs: ['sysctl', 'counter', 'conntrack', 'log-line'],
  lookAlikes: ['host-firewall-rule', 'forward-policy-drop', 'node-unreachable', 'vxlan-udp-filtered', 'neighbour-table-overflow'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const settings = view.seen('sysctl', onNode(node));
    if (settings.is === 'gap') return unknown(settings.gap);
    const fill = fillOf(view.facts, node);
    if (fill !== undefined) return ruling(node, view, fill);
    return isUnlimited(settings.value) ? absent(settings.origins) : unknown(notRead(node));
  },
  asks: (subject) => [asked(subject)],
  texts: text,
  fix: (_, params, { facts }) => fix(params, facts),
});

const isUnlimited = (settings: readonly FactOf<'sysctl'>[]): boolean =>
  settings.some(({ name, value }) => name === 'net.netfilter.nf_conntrack_max' && value === '0');

const notRead = (node: string): Gap => ({
  of: 'sysctl',
  scope: onNode(node),
  why: 'not collected',
  detail: `how many entries the connection table of ${node} holds was not read, or its kernel tracks nothing`,
  capture: 'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max',
});
