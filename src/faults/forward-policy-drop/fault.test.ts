import { cases } from '#testing/cases';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, bridge } = healthy.node('D');

const withoutFlannel = (built: typeof healthy): typeof healthy =>
  built.change(
    'iptables',
    scope,
    ({ table }) => table === 'filter',
    (table) => ({
      ...table,
      chains: table.chains.map((chain) => ({ ...chain, rules: chain.rules.filter(({ target }) => target?.name !== 'FLANNEL-FWD') })),
    }),
  );

const drop = healthy.policy(scope, 'filter', 'FORWARD', 'DROP');
const byDevice = drop.rule(scope, 'filter', `-A FORWARD -i ${bridge} -j ACCEPT`).rule(scope, 'filter', `-A FORWARD -o ${bridge} -j ACCEPT`);
const docker = withoutFlannel(drop).rule(scope, 'filter', '-A DOCKER-USER -j RETURN');
const nft = cluster({ iptables: 'nft' });

const native = (rules: readonly string[], dormant = '') =>
  withNft(
    healthy,
    scope,
    `table inet filter {
${dormant}	chain forward {
		type filter hook forward priority filter; policy drop;
${rules.map((rule) => `		${rule}`).join('\n')}
	}
}
`,
  ).facts;

cases(fault, {
  found: [
    { name: 'Docker set it, and nothing accepts pod packets', facts: docker.facts, subject: 'node/D' },
    { name: 'nobody is known to have set it', facts: withoutFlannel(drop).facts, subject: 'node/D' },
    {
      name: 'in a table of native nftables, though FLANNEL-FWD accepts in its own',
      facts: native(['ct state invalid drop']),
      subject: 'node/D',
    },
    { name: 'in the nft backend', facts: withoutFlannel(nft.policy(scope, 'filter', 'FORWARD', 'DROP')).facts, subject: 'node/D' },
  ],
  absent: [
    { name: 'a native chain accepts before its policy', facts: native([`iifname "${bridge}" accept`, `oifname "${bridge}" accept`]) },
    { name: 'a table that sleeps', facts: native([], '\tflags dormant\n') },
    { name: 'the policy accepts', facts: healthy.facts },
    { name: 'FLANNEL-FWD accepts before the policy', facts: drop.facts },
    { name: 'rules by device accept before the policy', facts: withoutFlannel(byDevice).facts },
  ],
  unknown: [
    { name: 'no rules were read', facts: healthy.without('iptables', scope).facts, subject: 'node/D' },
    { name: 'no rules of nftables were read', facts: healthy.without('nft', scope).facts, subject: 'node/D' },
  ],
});
