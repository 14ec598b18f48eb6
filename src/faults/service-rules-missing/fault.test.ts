import { withApi } from '#testing/built/api';
import { kubeProxyUnit } from '#testing/built/kube-proxy';
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

cases(fault, {
  found: [
    { name: 'the chain of all Services is empty', facts: withApi(flushed), subject: 'node/D' },
    { name: 'nothing jumps to it', facts: withApi(unjumped), subject: 'node/D' },
    { name: 'a pod runs kube-proxy', facts: withApi(emptied(healthy, 'KUBE-SERVICES')), subject: 'node/D' },
  ],
  absent: [
    { name: 'the rules are whole', facts: withApi(unit) },
    {
      name: "the node is not kube-proxy's",
      facts: withApi(healthy.change('iptables', scope, ({ table }) => table === 'nat', { chains: [] })),
    },
  ],
  unknown: [{ name: 'no rules were read', facts: withApi(flushed.without('iptables', scope)), subject: 'node/D' }],
});
