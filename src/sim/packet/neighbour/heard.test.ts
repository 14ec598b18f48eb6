import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { edit } from '#facts/edit';
import { dualStack, six } from '#testing/built/dual-stack';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 1 });
const node = healthy.node('A');
const pod = healthy.pod('A');

/** What comes of an echo of a pod's to its node, which has to be asked for again, under chains of the node's. */
function reached(chains: string, state = 'stale') {
  const built = withNft(healthy, node.scope, `table ip6 t {\n${chains}\n}\n`);
  const fact = { dev: pod.device, address: six(node.gateway), mac: node.bridgeMac, state, proxy: false };
  const facts = edit(dualStack(built), [{ op: 'put', kind: 'neighbour', scope: pod.scope, fact } as never], 'asked again');
  return trace(worldOf(facts), { from: pod.scope, to: six(node.gateway), protocol: 'icmp' }).outcomes[0];
}

const input = (rules: string): string =>
  `chain i {\ntype filter hook input priority 0; policy drop;\nicmpv6 type echo-request accept\n${rules}\n}`;

test('who asks for a neighbour of IPv6 is heard by the rules of who has it, or nobody answers (ndisc_rcv behind NF_INET_LOCAL_IN)', () => {
  assert.equal(reached(input('icmpv6 type nd-neighbor-solicit accept'))?.works, 'yes');
  const deaf = reached(input(''));
  assert.deepEqual([deaf?.disposition, deaf?.reason.code], ['unreachable', 'NEIGH_FAILED']);
  assert.ok(
    deaf?.reason.by.some(({ kind }) => kind === 'nft'),
    'by the rule that does not let it in',
  );
  assert.equal(reached(input(''), 'reachable')?.works, 'yes', 'an address that was confirmed is used');
});

test('the answer has to get out too, and is of no connection (noct_valid_new)', () => {
  const output = (rule: string) => `chain o {\ntype filter hook output priority 0;\n${rule}\n}`;
  assert.equal(reached(output('icmpv6 type nd-neighbor-advert drop'))?.reason.code, 'NEIGH_FAILED');
  assert.equal(reached(output('icmpv6 type nd-neighbor-advert ct state invalid drop'))?.works, 'yes');
  assert.equal(reached(output('icmpv6 type nd-neighbor-advert ct state untracked drop'))?.reason.code, 'NEIGH_FAILED');
});

test('an address that is old is used where nobody knows whether a rule takes what asks for it; one that is not there is not known', () => {
  const perhaps = input('meta hour "08:00"-"17:00" accept');
  assert.equal(reached(perhaps)?.works, 'yes');
  assert.equal(reached(perhaps, 'incomplete')?.works, 'unknown');
});

test('chains of arp are not walked, and not passed over', () => {
  const asked = (arp: string) => {
    const built = withNft(healthy, node.scope, `table arp t {\nchain i {\ntype filter hook input priority 0; policy accept;\n${arp}}\n}\n`);
    const gone = edit(
      built.facts,
      [
        {
          op: 'put',
          kind: 'neighbour',
          scope: pod.scope,
          fact: { dev: pod.device, address: node.gateway, mac: null, state: 'incomplete', proxy: false },
        } as never,
      ],
      'not there yet',
    );
    return trace(worldOf(gone), { from: pod.scope, to: node.gateway, protocol: 'icmp' }).outcomes[0];
  };
  assert.equal(asked('')?.works, 'yes');
  const filtered = asked('arp daddr ip 10.0.0.1 drop\n');
  assert.equal(filtered?.works, 'unknown');
  assert.match(filtered?.reason.gap?.detail ?? '', /chain i of arp t is not walked/);
});
