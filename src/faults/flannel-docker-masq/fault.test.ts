import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, subnet, bridge } = healthy.node('D');
const subject = 'node/D';
const both = healthy.rule(scope, 'nat', `-A POSTROUTING -s ${subnet} ! -o ${bridge} -j MASQUERADE`);
const neither = healthy.change(
  'iptables',
  scope,
  ({ table }) => table === 'nat',
  (fact) => ({
    ...fact,
    chains: fact.chains.map((chain) => ({ ...chain, rules: chain.rules.filter(({ target }) => target?.name !== 'FLANNEL-POSTRTG') })),
  }),
);

cases(fault, {
  found: [
    { name: 'nobody masquerades although flanneld was told to', facts: neither.facts, subject },
    { name: 'flanneld and Docker both do', facts: both.facts, subject },
  ],
  absent: [
    { name: 'flanneld alone masquerades', facts: healthy.facts },
    { name: 'nobody was asked to', facts: neither.change('subnet-env', scope, () => true, { ipMasq: false }).facts },
    {
      name: 'Docker masquerades another bridge',
      facts: healthy.rule(scope, 'nat', '-A POSTROUTING -s 172.18.0.0/16 ! -o br-x -j MASQUERADE').facts,
    },
  ],
  unknown: [{ name: 'its rules were not read', facts: both.without('iptables', scope).facts, subject }],
});
