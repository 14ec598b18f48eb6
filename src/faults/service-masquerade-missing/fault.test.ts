import type { Facts } from '#facts/facts';
import { withApi } from '#testing/built/api';
import { dualStack } from '#testing/built/dual-stack';
import { kubeProxyUnit } from '#testing/built/kube-proxy';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope } = healthy.node('A');
const subject = 'node/A';

/** Without the rules of a chain of the nat table that lead to a target, or without any. */
const lacking = (built: BuiltCluster, chain: string, target?: string): BuiltCluster =>
  built.change(
    'iptables',
    scope,
    ({ table }) => table === 'nat',
    (table) => ({
      ...table,
      chains: table.chains.map((one) =>
        one.name === chain ? { ...one, rules: one.rules.filter((rule) => target !== undefined && rule.target?.name !== target) } : one,
      ),
    }),
  );

/** The same of one family's tables in facts. */
function lackingOf(facts: Facts, family: 4 | 6, name: string, target: string): Facts {
  const tables = facts.partition('iptables', scope);
  if (tables === undefined) throw new Error('a node without rules');
  return facts.with({
    ...tables,
    facts: tables.facts.map((table) =>
      table.family === family && table.table === 'nat'
        ? {
            ...table,
            chains: table.chains.map((chain) =>
              chain.name === name ? { ...chain, rules: chain.rules.filter((rule) => rule.target?.name !== target) } : chain,
            ),
          }
        : table,
    ),
  });
}

const unit = healthy.put('unit', scope, kubeProxyUnit(healthy));
const unjumped = lacking(unit, 'POSTROUTING', 'KUBE-POSTROUTING');
const otherBit = lacking(unit, 'KUBE-MARK-MASQ').rule(scope, 'nat', '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x8000/0x8000');

cases(fault, {
  found: [
    { name: 'nothing jumps to what masquerades', facts: withApi(unjumped), subject },
    { name: 'what masquerades is empty', facts: withApi(lacking(unit, 'KUBE-POSTROUTING')), subject },
    { name: 'what marks is empty', facts: withApi(lacking(unit, 'KUBE-MARK-MASQ')), subject },
    { name: 'another mark is set than is asked for', facts: withApi(otherBit), subject },
    { name: 'IPv6 alone lacks it', facts: lackingOf(dualStack(unit), 6, 'POSTROUTING', 'KUBE-POSTROUTING'), subject },
    { name: 'of two families IPv4 lacks it', facts: lackingOf(dualStack(unit), 4, 'KUBE-POSTROUTING', 'MASQUERADE'), subject },
    { name: 'a pod runs kube-proxy', facts: withApi(lacking(healthy, 'POSTROUTING', 'KUBE-POSTROUTING')), subject },
  ],
  absent: [
    { name: 'it is whole', facts: withApi(unit) },
    { name: 'it is whole for both families', facts: dualStack(unit) },
    {
      name: 'somebody else masquerades by the mark',
      facts: withApi(unjumped.rule(scope, 'nat', '-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE', 0)),
    },
    {
      name: 'marks are set and asked for by another bit',
      facts: withApi(
        lacking(otherBit, 'KUBE-POSTROUTING')
          .rule(scope, 'nat', '-A KUBE-POSTROUTING -m mark ! --mark 0x8000/0x8000 -j RETURN')
          .rule(scope, 'nat', '-A KUBE-POSTROUTING -j MASQUERADE'),
      ),
    },
    { name: 'no pod of the node is behind a Service', facts: withApi(lackingOn('D')) },
    {
      name: "the node is not kube-proxy's",
      facts: withApi(healthy.change('iptables', scope, ({ table }) => table === 'nat', { chains: [] })),
    },
  ],
  unknown: [{ name: 'no rules were read', facts: withApi(unjumped.without('iptables', scope)), subject }],
});

function lackingOn(node: string): BuiltCluster {
  return healthy.change(
    'iptables',
    healthy.node(node).scope,
    ({ table }) => table === 'nat',
    (table) => ({ ...table, chains: table.chains.map((chain) => (chain.name === 'KUBE-POSTROUTING' ? { ...chain, rules: [] } : chain)) }),
  );
}
