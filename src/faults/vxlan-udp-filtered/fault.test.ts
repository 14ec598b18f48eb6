import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, vtep } = healthy.node('D');
const subject = 'node/D';
const drop = `-p udp -m udp --dport ${vtep.port} -j DROP`;
const filtered = healthy.rule(scope, 'filter', `-A INPUT ${drop}`, 0);
const forgotten = healthy.rule(scope, 'filter', '-A INPUT -p icmp -j ACCEPT', 0).policy(scope, 'filter', 'INPUT', 'DROP');
const sender = healthy.node('A');

cases(fault, {
  found: [
    { name: 'a rule drops the port', facts: filtered.facts, subject },
    { name: 'the policy is DROP, and the port was forgotten', facts: forgotten.facts, subject },
    { name: 'the raw table drops it', facts: healthy.rule(scope, 'raw', `-A PREROUTING ${drop}`).facts, subject },
    {
      name: 'a sender lets nothing out to one peer',
      facts: healthy.rule(sender.scope, 'filter', `-A OUTPUT -d ${healthy.node('D').address}/32 ${drop}`).facts,
      subject: 'node/A',
    },
  ],
  absent: [
    { name: 'nothing is filtered', facts: healthy.facts },
    { name: 'another port is dropped', facts: healthy.rule(scope, 'filter', '-A INPUT -p udp -m udp --dport 4789 -j DROP', 0).facts },
    {
      name: 'the port is dropped from a foreign network',
      facts: healthy.rule(scope, 'filter', `-A INPUT -s 203.0.113.0/24 ${drop}`, 0).facts,
    },
  ],
  unknown: [{ name: 'its rules were not read', facts: filtered.without('iptables', scope).facts, subject }],
});
