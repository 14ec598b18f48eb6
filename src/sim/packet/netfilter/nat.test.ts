import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

test('what a namespace sends itself is translated once: behind lo it is what it became', () => {
  const built = cluster({ nodes: 1 });
  const pod = built.nodes[0]?.pods[0];
  assert.ok(pod !== undefined);
  const redirected = built.rule(pod.scope, 'nat', '-A OUTPUT -p tcp -j REDIRECT --to-ports 15001');
  const [outcome] = trace(worldOf(redirected.facts), { from: pod.scope, to: pod.address, protocol: 'tcp', port: 80 }).outcomes;
  const says = outcome?.hops.flatMap(({ steps }) => steps.filter(({ element }) => element === 'nat').map((step) => step.says));
  assert.deepEqual(says, [`destination ${pod.address}:80 becomes 127.0.0.1:15001`]);
  assert.equal(outcome?.received.destinationPort, 15001);
});

/** Linux 6.18, scenes nft:dq1.50+talk@1 and nft:dq1.96+talk: kube-proxy's chain of POSTROUTING counted what had a template, too. */
test('chains of type nat are asked about a template that a rule attached behind tracking, and bind nothing (nf_nat_inet_fn, nf_nat_setup_info)', () => {
  const built = cluster({ nodes: 2 });
  const [node, other] = [built.node('A'), built.node('B')];
  const chain = (name: string, hook: string, rule: string): string =>
    `chain ${name} {\ntype ${hook}; policy accept;\n${rule === '' ? '' : `${rule}\n`}}\n`;
  const ends = (zone: string, ...nat: readonly string[]): string => {
    const untracked = chain('raw', 'filter hook output priority -300', 'notrack');
    const zoned = chain('zoned', 'filter hook output priority -150', zone);
    const asked = nat.map((rule, at) => chain(`nat${at}`, `nat hook output priority ${at - 90}`, rule)).join('');
    const world = worldOf(withNft(built, node.scope, `table ip t {\n${untracked}${zoned}${asked}}\n`).facts);
    const [outcome] = trace(world, { from: node.scope, to: other.address, protocol: 'udp', port: 53 }).outcomes;
    return `${outcome?.reason.code} ${outcome?.received.destination}`;
  };
  const [to, arrives, lost] = [`dnat to ${node.address}`, `NO_SOCKET ${other.address}`, `NETFILTER_DROP ${other.address}`];
  assert.equal(ends('', to, 'drop'), arrives, 'what is not tracked is not asked about');
  assert.equal(ends('ct zone set 5', to), arrives, 'nothing is bound');
  assert.equal(ends('ct zone set 5', to, 'drop'), lost, 'the next chain is asked all the same');
});
