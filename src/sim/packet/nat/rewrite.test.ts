import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { trackedConnection } from '#testing/tracked-connection';
import { tupleOf } from '../conntrack/connection.ts';
import { exchange } from '../exchange.ts';
import { receive } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import { isDroppedRedirect } from './rewrite.ts';

test('an answer that goes back to an end whose port was drawn before says so', () => {
  const healthy = cluster({ nodes: 2 });
  const [a, b] = [healthy.node('A'), healthy.node('B')];
  const drawn = healthy.rule(a.scope, 'nat', '-A POSTROUTING -p tcp -j MASQUERADE --random-fully', 0);
  const both = drawn.rule(b.scope, 'nat', '-A INPUT -p tcp -j SNAT --to-source 198.51.100.7', 0);
  const world = worldOf(both.facts);
  const packet = packetOf(world, { from: a.scope, to: b.address, protocol: 'tcp', port: 9000, sport: 40001 });
  const [branch] = exchange(world, { from: a.scope, packet }, FRESH)?.branches ?? [];
  const reset = branch?.result.walks[1];
  const left = reset?.hops[0]?.steps.findLast((step) => step.packet !== undefined)?.packet;
  assert.equal(left?.destination, a.address);
  assert.deepEqual(left.drawn, { destination: [1024, 65535] });
  assert.equal(reset?.received.destinationPort, 40001);
});

/** Linux 6.18, by hand: with a chain of type nat the router's redirect about a first packet was lost, those about later ones came. */
test('a redirect about a connection that is not through its NAT yet is dropped (IPS_NAT_DONE_MASK)', () => {
  const healthy = cluster({ nodes: 2 });
  const world = worldOf(healthy.facts);
  const [{ scope }, { address }] = [healthy.node('A'), healthy.node('B')];
  const stack = world.stack(scope) ?? assert.fail('no such node');
  const first = packetOf(world, { from: scope, to: address, protocol: 'udp', port: 9, sport: 5000 });
  const redirect = { ...first, icmp: { type: 5, code: 1, id: 0, inner: first } };
  const isDropped = (sourceDone: boolean) =>
    isDroppedRedirect(stack, redirect, {
      ...{ connection: trackedConnection(first, 'udp', tupleOf(first), { sourceDone }), state: 'RELATED', direction: 'reply' },
    });
  assert.deepEqual([isDropped(false), isDropped(true)], [true, false]);
});

test('whether a redirect about a captured connection is dropped is not known beside a `dnat prefix` (nft_nat_setup_netmap)', () => {
  const healthy = cluster({ nodes: 2 });
  const [node, { address }] = [healthy.node('A'), healthy.node('B')];
  const redirected = (rule: string): string => {
    const ends = { source: node.address, destination: address, sourcePort: 5000, destinationPort: 9, icmp: null };
    const back = { source: address, destination: node.address, sourcePort: 9, destinationPort: 5000, icmp: null };
    const entry = {
      ...{ protocol: 'udp', protocolNumber: 17, timeoutSeconds: 100, state: null, unreplied: true, assured: false, mark: 0, zone: null },
      ...{ original: ends, reply: back },
    };
    const ruleset = `table ip t {\nchain out {\ntype nat hook output priority -100;\n${rule}\n}\nchain pre {\ntype nat hook prerouting priority -100;\n}\n}\n`;
    const world = worldOf(withNft(healthy.put('conntrack', node.scope, entry), node.scope, ruleset).facts);
    const inner = packetOf(world, { from: node.scope, to: address, protocol: 'udp', port: 9, sport: 5000 });
    const router = { source: address, destination: node.address, protocol: 'icmp', sourcePort: 0, destinationPort: 0 } as const;
    const redirect = { ...inner, ...router, icmp: { type: 5, code: 1, id: 0, inner } };
    return receive(world, node.scope, node.uplink, redirect, FRESH, forced(new Map())).disposition;
  };
  assert.equal(redirected('tcp dport 7 dnat prefix to 10.9.0.0/24'), 'unknown');
  assert.equal(redirected('tcp dport 7 dnat to 10.9.0.1'), 'delivered');
});
