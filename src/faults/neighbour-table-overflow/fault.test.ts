import type { FactOf } from '#facts/kinds';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, bridge } = healthy.node('D');
const pod = healthy.pod('D');
const subject = 'node/D';

const unlimited = healthy.drop('sysctl', scope, ({ name }) => name.endsWith('.gc_thresh3'));

/** What the table counted at two looks. */
function counting(built: BuiltCluster, entries: number, first: number, last: number, name = 'D'): BuiltCluster {
  const { scope: at } = built.node(name);
  const file = `nodes/${name}/ip_-s_ntable`;
  const facts = (fulls: number): readonly FactOf<'counter'>[] => [
    { name: 'arp_cache.entries', value: entries, origin: { file, line: 3 } },
    { name: 'arp_cache.table_fulls', value: fulls, origin: { file, line: 14 } },
  ];
  const partition = built.facts.partition('counter', at);
  if (partition === undefined) throw new Error('a node without counters');
  const looks = [first, last].map((fulls, turn) => ({ look: turn + 1, at: 1_763_700_000_000 + 2000 * turn, facts: facts(fulls) }));
  return built.having(built.facts.with({ ...partition, facts: facts(last), looks, readings: [{ file }] }));
}

/** The pod bridge has forgotten its pods. */
const forgetting = (built: BuiltCluster): BuiltCluster => built.drop('neighbour', scope, ({ dev }) => dev === bridge);

const overflowing = counting(forgetting(healthy), 1024, 118, 164);
const logging = healthy.put('log-line', scope, {
  component: 'kernel',
  at: undefined,
  level: undefined,
  from: undefined,
  text: 'neighbour: arp_cache: neighbor table overflow!',
});

/** So many neighbours that are in use, none of them a pod. */
const crowded = forgetting(healthy).edit(
  Array.from({ length: 1024 }, (_, at) => {
    const [known] = neighboursOf(healthy);
    if (known === undefined) throw new Error('a node without neighbours');
    const address = pod.address.replace(/\d+\.\d+$/, `${200 + (at >> 8)}.${at & 255}`) as typeof pod.address;
    return { op: 'put', kind: 'neighbour', scope, fact: { ...known, dev: bridge, address, state: 'reachable' } } as const;
  }),
);

function neighboursOf(built: BuiltCluster): readonly FactOf<'neighbour'>[] {
  const entries = built.facts.seen('neighbour', scope);
  return entries.is === 'seen' ? entries.value : [];
}

const booted = (built: BuiltCluster, bootId: string): BuiltCluster =>
  ['A', 'D'].reduce((now, name) => now.change('host', built.node(name).scope, '', { bootId }), built);

/** Nodes A and D count alike: two machines by chance, containers of one, or nobody told. */
const alike = counting(counting(crowded, 1100, 118, 164), 1101, 120, 166, 'A');
const oneMachine = booted(alike, 'one boot');
const untold = alike.without('host', healthy.node('A').scope);
/** One machine that was started just now counts on between two captures: ten times, and fifty. */
const young = booted(counting(counting(crowded, 1100, 2, 10), 1101, 42, 50, 'A'), 'one boot');

cases(fault, {
  found: [
    { name: 'it has no room between two looks, and a pod is not in it', facts: overflowing.facts, subject },
    { name: 'those that are asked for are in it still', facts: counting(healthy, 1024, 118, 164).facts, subject },
    { name: 'as many as it may hold were read', facts: crowded.facts, subject },
    { name: 'it fills the table of a machine on which other nodes are, too', facts: oneMachine.facts, subject },
    { name: 'two machines whose counters are alike by chance', facts: alike.facts, subject: 'node/A' },
  ],
  absent: [
    { name: 'it has room', facts: counting(healthy, 85, 0, 0).facts },
    { name: 'it was full once', facts: counting(forgetting(healthy), 85, 4000, 4000).facts },
    { name: 'a container on the machine whose other container fills the table', facts: oneMachine.facts, subject: 'node/A' },
    { name: 'the same of a machine that was started just now', facts: young.facts, subject: 'node/A' },
    { name: 'the same where only the counters tell', facts: untold.facts, subject: 'node/A' },
    { name: 'permanent entries do not count', facts: counting(forgetting(healthy), 5000, 0, 0).facts },
  ],
  unknown: [
    { name: 'no settings were read', facts: overflowing.without('sysctl', scope).facts, subject },
    { name: 'its limit was not read', facts: unlimited.facts, subject },
    { name: 'the kernel said so, nobody knows when', facts: logging.facts, subject },
  ],
});
