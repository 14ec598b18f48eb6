import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, bridge, subnet, vtep } = healthy.node('D');

const byHand = healthy.rule(scope, 'filter', `-A FORWARD ! -i ${bridge} -d ${subnet} -j DROP`, 0);
const ufw = healthy
  .rule(scope, 'filter', `-A ufw-before-forward -o ${bridge} -j REJECT --reject-with icmp-port-unreachable`)
  .rule(scope, 'filter', '-A FORWARD -j ufw-before-forward', 0);

cases(fault, {
  found: [
    { name: 'a rule by hand before all others', facts: byHand.facts, subject: 'node/D' },
    { name: 'a rule of ufw', facts: ufw.facts, subject: 'node/D' },
    { name: 'a rule in raw', facts: healthy.rule(scope, 'raw', `-A PREROUTING -i ${vtep.device} -j DROP`).facts, subject: 'node/D' },
    { name: 'the policy of OUTPUT', facts: healthy.policy(scope, 'filter', 'OUTPUT', 'DROP').facts, subject: 'node/D' },
  ],
  absent: [
    { name: 'only the rules of the cluster', facts: healthy.facts },
    {
      name: 'a rule for ports that the cluster does not use',
      facts: healthy.rule(scope, 'filter', '-A INPUT -p tcp -m tcp --dport 23 -j DROP', 0).facts,
    },
    { name: 'a rule behind those that accept', facts: healthy.rule(scope, 'filter', '-A FORWARD -j DROP').facts },
    { name: 'a rule for the tunnel itself', facts: healthy.rule(scope, 'filter', '-A INPUT -p udp -m udp --dport 8472 -j DROP', 0).facts },
  ],
  unknown: [{ name: 'no rules were read', facts: healthy.without('iptables', scope).facts, subject: 'node/D' }],
});
