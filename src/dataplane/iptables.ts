import type { Partition } from '#facts/facts';
import type { IptablesChain, IptablesRule, IptablesTable } from '#facts/iptables/iptables';
import { bitsOf, type Ip } from '#net/ip';
import { baseOf, cidrFamily, lengthOf } from '#net/cidr';
import { memoised } from './memo.ts';

/** A run of rules in a chain that all ask for one exact value of a field, so that those that can match are found by it. */
export type RuleRun = {
  readonly from: number;
  readonly to: number;
  readonly by: 'destination' | 'port';
  readonly at: ReadonlyMap<string | number, readonly number[]>;
};

/** A chain with its runs. */
export type IndexedChain = IptablesChain & { readonly runs: readonly RuleRun[] };

/** A table with its chains by name. */
export type IndexedTable = { readonly fact: IptablesTable; readonly chains: ReadonlyMap<string, IndexedChain> };

/** The tables of a namespace, and which of them the reading covers. */
export type IptablesTables = {
  readonly tables: readonly IndexedTable[];
  readonly tracks: boolean;
  readonly covers: true | readonly string[];
};

/** Shorter runs are scanned as fast as they are looked up. */
const SHORTEST_RUN = 8;

export const iptablesTables = memoised((partition: Partition<'iptables'>): IptablesTables => {
  return { tables: partition.facts.map(indexedTable), tracks: partition.facts.some(needsTracking), covers: partition.covers };
});

const indexedTable = memoised(
  (fact: IptablesTable): IndexedTable => ({
    fact,
    chains: new Map(fact.chains.map((chain) => [chain.name, { ...chain, runs: runsOf(chain.rules) }])),
  }),
);

/** A namespace tracks connections only when a rule needs it (nf_ct_netns_get): any NAT table, or a match or target that asks. */
const needsTracking = memoised(
  (fact: IptablesTable): boolean =>
    fact.table === 'nat' ||
    fact.chains.some(({ rules }) =>
      rules.some((rule) => rule.matches.some(({ name }) => ASKS.has(name)) || ASKS.has(rule.target?.name ?? '')),
    ),
);

const ASKS = new Set([
  'conntrack',
  'state',
  'connmark',
  'connbytes',
  'connlabel',
  'connlimit',
  'helper',
  'CT',
  'CONNMARK',
  'NOTRACK',
  'socket',
  'TPROXY',
]);

function runsOf(rules: readonly IptablesRule[]): readonly RuleRun[] {
  const runs: RuleRun[] = [];
  let from = 0;
  while (from < rules.length) {
    const by = keyOf(rules[from]) === undefined ? undefined : kindOfKey(rules[from]);
    let to = from + 1;
    while (by !== undefined && to < rules.length && kindOfKey(rules[to]) === by) to++;
    if (by !== undefined && to - from >= SHORTEST_RUN) runs.push({ from, to, by, at: indexOf(rules, from, to) });
    from = to;
  }
  return runs;
}

function indexOf(rules: readonly IptablesRule[], from: number, to: number): ReadonlyMap<string | number, readonly number[]> {
  const at = new Map<string | number, number[]>();
  for (let index = from; index < to; index++) {
    const key = keyOf(rules[index]);
    if (key === undefined) continue;
    const own = at.get(key);
    if (own === undefined) at.set(key, [index]);
    else own.push(index);
  }
  return at;
}

const kindOfKey = (rule: IptablesRule | undefined): RuleRun['by'] | undefined => {
  const key = keyOf(rule);
  return key === undefined ? undefined : typeof key === 'number' ? 'port' : 'destination';
};

/** The one destination address, else the one destination port, that a rule asks for. */
function keyOf(rule: IptablesRule | undefined): Ip | number | undefined {
  if (rule === undefined || rule.problem !== null) return undefined;
  const { destination } = rule;
  if (destination !== null) {
    const exact = !destination.not && lengthOf(destination.value) === bitsOf(cidrFamily(destination.value));
    return exact ? baseOf(destination.value) : undefined;
  }
  const options = rule.matches.find(({ name }) => name === 'tcp' || name === 'udp')?.options ?? [];
  const port = options.find(({ name }) => name.replace(/^--/, '') === 'dport');
  const text = port?.values[0] ?? '';
  return port !== undefined && !port.not && /^\d+$/.test(text) ? Number(text) : undefined;
}
