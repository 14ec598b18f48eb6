import type { Conntrack } from '#facts/conntrack/conntrack';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { type Ip, ip } from '#net/ip';
import { withApi } from '#testing/built/api';
import { dualStack } from '#testing/built/dual-stack';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

type Table = FactOf<'iptables'>;

const healthy = cluster();
const { scope } = healthy.node('D');
const pod = healthy.pod('D');
const subject = 'node/D';
const gone = ip`10.100.28.42`;

/** The rules of kube-proxy once more, in the other machinery, as they are or as they once were. */
function twice(built: BuiltCluster, change: (table: Table) => Table = (table) => table): BuiltCluster {
  return built.having(twiceIn(built.facts, 4, change));
}

function twiceIn(facts: Facts, family: 4 | 6, change: (table: Table) => Table): Facts {
  const partition = facts.partition('iptables', scope);
  if (partition === undefined) throw new Error('a node without rules');
  const nat = partition.facts.filter((one) => one.table === 'nat' && one.family === family).map((table) => change(elsewhere(table)));
  return facts.with({ ...partition, facts: [...partition.facts, ...nat] });
}

const FILE = 'nodes/D/iptables-nft-save_-c';
const elsewhere = (table: Table): Table => ({
  ...table,
  backend: 'nft',
  origin: { ...table.origin, file: FILE },
  chains: table.chains.map((chain) => ({
    ...chain,
    origin: { ...chain.origin, file: FILE },
    rules: chain.rules.map((rule) => ({ ...rule, origin: { ...rule.origin, file: FILE }, counters: { packets: 3, bytes: 180 } })),
  })),
});

/** The endpoints of default/web are others now. */
const former = (table: Table, endpoint = `${gone}:8080`): Table => ({
  ...table,
  chains: table.chains.map((chain) => ({
    ...chain,
    rules: chain.rules.map((rule) =>
      rule.target?.name === 'DNAT' && rule.text.includes('default/web')
        ? {
            ...rule,
            text: rule.text.replace(/to-destination .*/, `to-destination ${endpoint}`),
            target: { ...rule.target, options: [{ name: 'to-destination', not: false, values: [endpoint] }] },
          }
        : rule,
    ),
  })),
});

type Rule = Table['chains'][number]['rules'][number];
const withRules = (table: Table, change: (rule: Rule) => readonly Rule[]): Table => ({
  ...table,
  chains: table.chains.map((chain) => ({ ...chain, rules: chain.rules.flatMap(change) })),
});
const leadsOn = ({ target }: Rule): boolean => target?.name === 'DNAT';

/** It led to default/web alone. */
const formerAlone = (table: Table): Table =>
  withRules(former(table), (rule) => (leadsOn(rule) && !rule.text.includes('default/web') ? [] : [rule]));

/** Its own kube-proxy stands still, and one endpoint of default/web is another now. */
function standingStill(built: BuiltCluster): BuiltCluster {
  const partition = built.facts.partition('iptables', scope);
  if (partition === undefined) throw new Error('a node without rules');
  const [one] = partition.facts.flatMap(({ chains }) =>
    chains.flatMap(({ rules }) => rules.filter((rule) => leadsOn(rule) && rule.text.includes('default/web'))),
  );
  const facts = partition.facts.map((table) => ({
    ...table,
    chains: table.chains.map((chain, at) => ({
      ...chain,
      rules: chain.rules.map((rule, place) => (rule === one ? (former(table).chains[at]?.rules[place] ?? rule) : rule)),
    })),
  }));
  return built.replace({ ...partition, facts });
}

const unjumped = (table: Table): Table => ({
  ...table,
  chains: table.chains.map((chain) => (chain.policy === null ? chain : { ...chain, rules: [] })),
});

const end = (source: Ip, destination: Ip, sourcePort: number, destinationPort: number): Conntrack['original'] => ({
  source,
  destination,
  sourcePort,
  destinationPort,
  icmp: null,
});

const old = twice(healthy, (table) => former(table));
const both = dualStack(healthy);
const led = old.put('conntrack', scope, {
  protocol: 'tcp',
  protocolNumber: 6,
  timeoutSeconds: 118,
  state: 'SYN_SENT',
  original: end(pod.address, ip`10.96.31.62`, 40212, 80),
  reply: end(gone, pod.address, 8080, 40212),
  unreplied: true,
  assured: false,
  mark: 0,
  zone: null,
});

cases(fault, {
  found: [
    { name: 'a connection went where only the old rules lead', facts: withApi(led), subject },
    { name: 'the old rules lead to what is no endpoint', facts: withApi(old), subject },
    { name: 'only the other nodes tell what is right', facts: led.facts, subject },
    { name: 'of IPv6', facts: twiceIn(both, 6, (table) => former(table, '[fd00:10:100:28::42]:8080')), subject },
    { name: 'its own kube-proxy stands still too', facts: withApi(twice(standingStill(healthy), formerAlone)), subject },
  ],
  absent: [
    { name: 'one machinery has rules', facts: withApi(healthy) },
    { name: 'both are alike', facts: withApi(twice(healthy)) },
    { name: 'both are alike for IPv6', facts: twiceIn(both, 6, (table) => table) },
    { name: 'nothing jumps into the old rules', facts: withApi(twice(healthy, (table) => unjumped(former(table)))) },
    {
      name: 'the other has only a canary',
      facts: withApi(twice(healthy, (table) => ({ ...table, chains: table.chains.filter(({ name }) => name === 'KUBE-KUBELET-CANARY') }))),
    },
  ],
  unknown: [
    { name: 'no rules were read', facts: withApi(old.without('iptables', scope)), subject },
    { name: 'nobody tells which of them is right', facts: alone(old).facts, subject },
  ],
});

function alone(built: BuiltCluster): BuiltCluster {
  return ['A', 'B', 'C'].reduce((now, name) => now.withoutNode(name), built);
}
