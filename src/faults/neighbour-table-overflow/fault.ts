import type { Answered, Check } from '#engine/check';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Gap } from '#snapshot/gap';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import { busiest, isOverflowing, type Table, tablesOf } from './table.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;

const SAYS_FULL = { 4: /arp_cache: neighbou?r table overflow/, 6: /ndisc_cache: neighbou?r table overflow/ } as const;

/** The last line of the kernel's log that says so, where somebody gave it. */
function logged(view: View, node: string, { family }: Table): readonly Evidence[] {
  const lines = view.seen('log-line', onNode(node));
  return lines.is === 'seen' ? lines.value.filter(({ text: line }) => SAYS_FULL[family].test(line)).slice(-1) : [];
}

/** Ways that died for want of an entry, by the limit of this table. */
const isDeadly = (view: View, node: string, { most }: Table): boolean =>
  view.endings(node).some(({ walk }) => walk.reason.code === 'NEIGH_CREATEFAIL' && walk.reason.by.some(({ key }) => key === most.name));

const evidenceOf = ({ most, entries, fulls }: Table): readonly Evidence[] => [most, ...[entries, fulls].flatMap((one) => one ?? [])];

function ruling(node: string, view: View, table: Table): Ruling<Found> {
  const { family, most, entries, rise } = table;
  const lines = logged(view, node, table);
  const evidence = [...evidenceOf(table), ...lines];
  if (isOverflowing(table) || isDeadly(view, node, table)) {
    const busy = crowdOf(view, node, table);
    if (busy === null && view.facts.nodes().some((other) => other !== node && fills(view, node, other, table))) return absent(evidence);
    return found(
      {
        node,
        family: String(family),
        most: most.value,
        entries: entries?.value ?? null,
        fulls: rise,
        device: busy?.device ?? null,
        count: busy?.count ?? null,
      },
      evidence,
    );
  }
  return lines.length > 0 && rise === null ? unknown(saidOnce(node)) : absent(evidence);
}

/** The device that holds a good part of the table; one that holds a few explains nothing. */
function crowdOf(view: View, node: string, { family, most }: Table): ReturnType<typeof busiest> {
  const busy = busiest(view.world, node, family);
  return busy !== null && 4 * busy.count >= Number(most.value) ? busy : null;
}

/** Nodes that are containers of one machine have one table, and what fills it is told of the node that holds it. */
const fills = (view: View, node: string, other: string, table: Table): boolean =>
  crowdOf(view, other, table) !== null &&
  (isOneKernel(view, node, other) ?? tablesOf(view.world, other).some((its) => countsAlike(its, table)));

/** Whether one kernel runs both nodes, by what it calls its boot (proc/sys/kernel/random/boot_id); nothing where that was not told. */
function isOneKernel(view: View, node: string, other: string): boolean | undefined {
  const [own, its] = [node, other].map((name) => {
    const host = view.seen('host', onNode(name));
    return host.is === 'seen' ? host.value[0]?.bootId : undefined;
  });
  return own === undefined || its === undefined ? undefined : own === its;
}

/** Counted at nearly the same time, the counters of one kernel read nearly the same; those of two kernels have no reason to. */
const countsAlike = (one: Table, other: Table): boolean =>
  one.family === other.family && isNear(one.fulls?.value, other.fulls?.value) && isNear(one.entries?.value, other.entries?.value);

const isNear = (one: number | undefined, other: number | undefined): boolean =>
  one !== undefined && other !== undefined && Math.abs(one - other) <= Math.max(one, other) / 20;

/** What no flow may ask, for all that was asked have their entries still: whether a new neighbour finds room. */
const asked = ({ node }: Node, { family }: Found): Check => ({
  id: `neighbour table ${node} IPv${family}`,
  kind: 'neighbour-table',
  from: 'invariant',
  says: { en: `the neighbour table of ${node} takes new neighbours`, zh: `${node} 的邻居表能容纳新的邻居` },
  ask: (world): Answered => {
    const table = tablesOf(world, node).find((one) => String(one.family) === family);
    const base = { probability: null, outcomes: [], gaps: [] };
    if (table === undefined) return { ...base, result: 'unknown', says: 'its limit was not read' };
    return { ...base, result: isOverflowing(table) ? 'fail' : 'pass', says: `${table.entries?.value ?? 'unknown'} of ${table.most.value}` };
  },
});

/** A neighbour table without room: whoever is not in it cannot be reached. */
export default defineFault<Node, Found>({
  id: 'neighbour-table-overflow',
  is: {
    en: 'the neighbour table has no room: whoever is not in it cannot be reached',
    zh: '邻居表已满，不在表中的地址无法到达',
  },
  area: 'node',
  severity: 'error',
  needs: ['sysctl', 'counter', 'neighbour', 'log-line'],
  lookAlikes: ['conntrack-table-full', 'node-unreachable', 'pod-not-on-bridge', 'vxlan-neighbour-missing', 'pod-veth-down'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const settings = view.seen('sysctl', onNode(node));
    if (settings.is === 'gap') return unknown(settings.gap);
    const tables = tablesOf(view.world, node);
    if (tables.length === 0) return unknown(notRead(node));
    const rulings = tables.map((table) => ruling(node, view, table));
    return rulings.find(({ is }) => is === 'found') ?? rulings.find(({ is }) => is === 'unknown') ?? (rulings[0] as Ruling<Found>);
  },
  asks: (subject, params) => [asked(subject, params)],
  texts: text,
  fix: (_, params, { facts }) => fix(params, facts),
});

const saidOnce = (node: string): Gap => ({
  of: 'counter',
  scope: onNode(node),
  why: 'not collected',
  detail: `the kernel of ${node} once said that its neighbour table overflowed; whether it still does was not counted at two looks`,
  capture: 'ip -s ntable show (twice)',
});

const notRead = (node: string): Gap => ({
  of: 'sysctl',
  scope: onNode(node),
  why: 'not collected',
  detail: `how many neighbours ${node} may have was not read`,
  capture: 'sysctl net.ipv4.neigh.default.gc_thresh3',
});
