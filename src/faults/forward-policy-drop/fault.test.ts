import { cases } from '#testing/cases';
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

cases(fault, {
  found: [
    { name: 'Docker set it, and nothing accepts pod packets', facts: docker.facts, subject: 'node/D' },
    { name: 'nobody is known to have set it', facts: withoutFlannel(drop).facts, subject: 'node/D' },
    { name: 'in the nft backend', facts: withoutFlannel(nft.policy(scope, 'filter', 'FORWARD', 'DROP')).facts, subject: 'node/D' },
  ],
  absent: [
    { name: 'the policy accepts', facts: healthy.facts },
    { name: 'FLANNEL-FWD accepts before the policy', facts: drop.facts },
    { name: 'rules by device accept before the policy', facts: withoutFlannel(byDevice).facts },
  ],
  unknown: [{ name: 'no rules were read', facts: healthy.without('iptables', scope).facts, subject: 'node/D' }],
});
