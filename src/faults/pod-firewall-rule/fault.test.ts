import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const pod = healthy.pod('D');
const subject = `pod/${pod.name}`;

/** A table without rules, each chain on a line of its own. */
const numbered = healthy.rule(pod.scope, 'filter', '-A INPUT -j ACCEPT').change(
  'iptables',
  pod.scope,
  () => true,
  (table) => ({ ...table, chains: table.chains.map((chain, line) => ({ ...chain, rules: [], origin: { ...chain.origin, line } })) }),
);

cases(fault, {
  found: [
    { name: 'a rule of INPUT', facts: healthy.rule(pod.scope, 'filter', `-A INPUT -i ${pod.device} -j DROP`).facts, subject },
    { name: 'the policy of OUTPUT', facts: numbered.policy(pod.scope, 'filter', 'OUTPUT', 'DROP').facts, subject },
  ],
  absent: [
    { name: 'pods have no rules', facts: healthy.facts },
    {
      name: 'a rule for a port that nobody asks',
      facts: healthy.rule(pod.scope, 'filter', '-A INPUT -p tcp -m tcp --dport 2323 -j DROP').facts,
    },
    { name: 'a rule on the node', facts: healthy.rule(healthy.node('D').scope, 'filter', '-A FORWARD -j DROP', 0).facts, subject },
  ],
  unknown: [{ name: "the pod's rules were not read", facts: healthy.without('iptables', pod.scope).facts, subject }],
});
