import { cases } from '#testing/cases';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, bridge, subnet, vtep } = healthy.node('D');

const byHand = healthy.rule(scope, 'filter', `-A FORWARD ! -i ${bridge} -d ${subnet} -j DROP`, 0);
const ufw = healthy
  .rule(scope, 'filter', `-A ufw-before-forward -o ${bridge} -j REJECT --reject-with icmp-port-unreachable`)
  .rule(scope, 'filter', '-A FORWARD -j ufw-before-forward', 0);

const native = (table: string, rules: readonly string[], flags = '', policy = 'accept') =>
  withNft(
    healthy,
    scope,
    `table inet ${table} { # handle 9
${flags}	chain forward { # handle 1
		type filter hook forward priority filter; policy ${policy};
${rules.map((rule, at) => `		${rule} # handle ${at + 3}`).join('\n')}
	}
}
`,
  ).facts;

cases(fault, {
  found: [
    { name: 'a rule by hand before all others', facts: byHand.facts, subject: 'node/D' },
    { name: 'a rule of ufw', facts: ufw.facts, subject: 'node/D' },
    { name: 'a rule in raw', facts: healthy.rule(scope, 'raw', `-A PREROUTING -i ${vtep.device} -j DROP`).facts, subject: 'node/D' },
    { name: 'a rule of native nftables', facts: native('hardening', ['tcp dport 25 drop', `ip daddr ${subnet} drop`]), subject: 'node/D' },
    { name: 'the last rule of firewalld', facts: native('firewalld', ['reject with icmpx admin-prohibited']), subject: 'node/D' },
    {
      name: 'the same in a table that only firewalld may change',
      facts: native('firewalld', ['reject with icmpx admin-prohibited'], '\tflags owner,persist\n'),
      subject: 'node/D',
    },
    { name: 'the policy of OUTPUT', facts: healthy.policy(scope, 'filter', 'OUTPUT', 'DROP').facts, subject: 'node/D' },
  ],
  absent: [
    { name: 'only the rules of the cluster', facts: healthy.facts },
    {
      name: 'a rule for ports that the cluster does not use',
      facts: healthy.rule(scope, 'filter', '-A INPUT -p tcp -m tcp --dport 23 -j DROP', 0).facts,
    },
    { name: 'a rule behind those that accept', facts: healthy.rule(scope, 'filter', '-A FORWARD -j DROP').facts },
    {
      name: 'native rules for what the cluster does not use',
      facts: native('hardening', ['tcp dport 25 drop', 'ip saddr 203.0.113.0/24 drop']),
    },
    { name: 'a native rule behind one that accepts', facts: native('hardening', ['accept', 'drop']) },
    { name: 'the policy of a native chain that forwards: a fault of its own', facts: native('filter', [], '', 'drop') },
    { name: "a rule of kube-proxy's own table", facts: native('kube-proxy', ['drop']) },
    { name: 'a rule for the tunnel itself', facts: healthy.rule(scope, 'filter', '-A INPUT -p udp -m udp --dport 8472 -j DROP', 0).facts },
  ],
  unknown: [
    { name: 'no rules were read', facts: healthy.without('iptables', scope).facts, subject: 'node/D' },
    { name: 'no rules of nftables were read', facts: healthy.without('nft', scope).facts, subject: 'node/D' },
  ],
});
