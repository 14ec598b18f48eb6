import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { withApi } from '#testing/built/api';
import { dualStack } from '#testing/built/dual-stack';
import { kubeProxyUnit } from '#testing/built/kube-proxy';
import { inNftMode } from '#testing/built/nft-mode';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope } = healthy.node('D');

const emptied = (built: BuiltCluster, chain: string, keep: (target: string | undefined) => boolean = () => false): BuiltCluster =>
  built.change(
    'iptables',
    scope,
    ({ table }) => table === 'nat',
    (table) => ({
      ...table,
      chains: table.chains.map((one) =>
        one.name === chain ? { ...one, rules: one.rules.filter(({ target }) => keep(target?.name)) } : one,
      ),
    }),
  );

const unit = healthy.put('unit', scope, kubeProxyUnit(healthy));
const flushed = emptied(unit, 'KUBE-SERVICES');
const unjumped = emptied(emptied(unit, 'OUTPUT'), 'PREROUTING');

/** kube-proxy's table of nftables mode on D, changed; nothing: it is gone. */
function ruled(change: (table: FactOf<'nft'>) => FactOf<'nft'> | undefined): Facts {
  const facts = withApi(inNftMode(unit));
  const partition = facts.partition('nft', scope);
  if (partition === undefined) throw new Error('no tables');
  return facts.with({ ...partition, facts: partition.facts.flatMap((table) => change(table) ?? []), covers: true } as typeof partition);
}

const without = (chain: string) => (table: FactOf<'nft'>) => ({
  ...table,
  chains: table.chains.map((one) => (one.name === chain ? { ...one, rules: [] } : one)),
});
const wiped = ruled(() => undefined);

/** Both families' rules, those of ip6tables changed in some chains of the nat table on D. */
function six(isEmptied: (chain: string) => boolean): Facts {
  const facts = dualStack(unit);
  const partition = facts.partition('iptables', scope);
  if (partition === undefined) throw new Error('no tables');
  const tables = partition.facts.map((table) =>
    table.family === 6 && table.table === 'nat'
      ? { ...table, chains: table.chains.map((one) => (isEmptied(one.name) ? { ...one, rules: [] } : one)) }
      : table,
  );
  return facts.with({ ...partition, facts: tables });
}

/** nftables mode in both families, and its table of IPv6 changed on D; nothing: it is gone. */
function sixRuled(change: (table: FactOf<'nft'>) => FactOf<'nft'> | undefined): Facts {
  const facts = dualStack(inNftMode(unit));
  const partition = facts.partition('nft', scope);
  if (partition === undefined) throw new Error('no tables');
  const tables = partition.facts.flatMap((table) => (table.family === 'ip6' ? (change(table) ?? []) : [table]));
  return facts.with({ ...partition, facts: tables, covers: true } as typeof partition);
}

cases(fault, {
  found: [
    { name: 'the chain of all Services is empty', facts: withApi(flushed), subject: 'node/D' },
    { name: 'nothing jumps to it', facts: withApi(unjumped), subject: 'node/D' },
    { name: 'the whole ruleset of nftables mode was flushed', facts: wiped, subject: 'node/D' },
    { name: 'nothing leads into the table of nftables mode', facts: ruled(without('nat-prerouting')), subject: 'node/D' },
    { name: 'its chain of all Services is empty', facts: ruled(without('services')), subject: 'node/D' },
    { name: 'the chain of all Services is empty in ip6tables', facts: six((chain) => chain === 'KUBE-SERVICES'), subject: 'node/D' },
    { name: 'nothing jumps to it in ip6tables', facts: six((chain) => /^(PREROUTING|OUTPUT)$/.test(chain)), subject: 'node/D' },
    { name: 'the table of IPv6 is gone in nftables mode', facts: sixRuled(() => undefined), subject: 'node/D' },
    { name: 'nothing leads into the table of IPv6', facts: sixRuled(without('nat-prerouting')), subject: 'node/D' },
    { name: 'a pod runs kube-proxy', facts: withApi(emptied(healthy, 'KUBE-SERVICES')), subject: 'node/D' },
  ],
  absent: [
    { name: 'the rules are whole', facts: withApi(unit) },
    { name: 'the rules of both families are whole', facts: six(() => false) },
    { name: 'both tables of nftables mode are whole', facts: sixRuled((table) => table) },
    { name: 'the table of nftables mode is whole', facts: ruled((table) => table) },
    { name: 'no kube-proxy is on the node that has no table', facts: wiped.without('unit', scope) },
    {
      name: "the node is not kube-proxy's",
      facts: withApi(healthy.change('iptables', scope, ({ table }) => table === 'nat', { chains: [] })),
    },
  ],
  unknown: [{ name: 'no rules were read', facts: withApi(flushed.without('iptables', scope)), subject: 'node/D' }],
});
