import type { FactOf } from '#facts/kinds';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope } = healthy.node('D');
const pod = healthy.pod('D');
const subject = 'node/D';

const holding = (count: number): BuiltCluster =>
  healthy.sysctl(scope, 'net.netfilter.nf_conntrack_count', count).sysctl(scope, 'net.netfilter.nf_conntrack_max', MAX);

const MAX = 262144;

/** Counters at two looks. */
function counting(built: BuiltCluster, first: Readonly<Record<string, number>>, last: Readonly<Record<string, number>>): BuiltCluster {
  const file = 'nodes/D/conntrack_-S';
  const facts = (values: Readonly<Record<string, number>>): readonly FactOf<'counter'>[] =>
    Object.entries(values).map(([name, value], at) => ({ name: `conntrack.${name}`, value, origin: { file, line: at + 1 } }));
  const partition = built.facts.partition('counter', scope);
  if (partition === undefined) throw new Error('a node without counters');
  const looks = [first, last].map((values, at) => ({ look: at + 1, at: 1_763_700_000_000 + 2000 * at, facts: facts(values) }));
  return built.having(built.facts.with({ ...partition, facts: facts(last), looks, readings: [{ file }] }));
}

const uncounted = healthy.drop('sysctl', scope, ({ name }) => name === 'net.netfilter.nf_conntrack_count');
const full = holding(MAX);
const refusing = counting(holding(MAX), { drop: 118, early_drop: 7 }, { drop: 164, early_drop: 7 });
/** Of so many entries not all are read. */
const partly = full.without('conntrack', scope);
const roomy = counting(partly, { drop: 0, early_drop: 118 }, { drop: 0, early_drop: 164 });
const logging = full.put('log-line', scope, {
  component: 'kernel',
  at: undefined,
  level: undefined,
  from: undefined,
  text: 'nf_conntrack: nf_conntrack: table full, dropping packet',
});
const assured = full.put('conntrack', scope, {
  protocol: 'tcp',
  protocolNumber: 6,
  timeoutSeconds: 431_000,
  state: 'ESTABLISHED',
  original: { source: pod.address, destination: healthy.pod('A').address, sourcePort: 40212, destinationPort: 443, icmp: null },
  reply: { source: healthy.pod('A').address, destination: pod.address, sourcePort: 443, destinationPort: 40212, icmp: null },
  unreplied: false,
  assured: true,
  mark: 0,
  zone: null,
});

cases(fault, {
  found: [
    { name: 'it drops between two looks', facts: refusing.facts, subject },
    { name: 'no entry would make room', facts: assured.facts, subject },
    { name: 'the kernel says so', facts: logging.facts, subject },
    { name: 'entries come and go at its limit', facts: counting(holding(MAX - 90), { drop: 5 }, { drop: 9 }).facts, subject },
  ],
  absent: [
    { name: 'it has room', facts: healthy.facts },
    { name: 'it was full once', facts: counting(healthy, { drop: 4000 }, { drop: 4000 }).facts },
    { name: 'entries that are not assured make room', facts: roomy.facts },
    { name: 'it is nine tenths full', facts: counting(holding(0.9 * MAX), { drop: 0 }, { drop: 0 }).facts },
    { name: 'there is no limit', facts: holding(MAX).sysctl(scope, 'net.netfilter.nf_conntrack_max', 0).facts },
  ],
  unknown: [
    { name: 'no settings were read', facts: refusing.without('sysctl', scope).facts, subject },
    {
      name: 'it is full, and nobody tried',
      facts: counting(partly, { drop: 0, early_drop: 0 }, { drop: 0, early_drop: 0 }).facts,
      subject,
    },
    { name: 'it is full, and which entries made room was not counted', facts: counting(partly, { drop: 0 }, { drop: 0 }).facts, subject },
    { name: 'how full it is was not read', facts: uncounted.facts, subject },
  ],
});
