import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import ipset from '#parsers/ipset/ipset';
import { withNft } from '#testing/nft-text';
import { factsOf, parseText } from '#testing/parse-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { exchange } from './exchange.ts';
import { FRESH } from './state.ts';
import { packetOf } from './trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [A, B] = [healthy.node('A').scope, healthy.node('B').scope];
const pod = healthy.pod('A');

/** Which packets are dropped that leave B with one address: a pod's, whose port is drawn, then the node's own from the port that is shown for that, or the pod's again. */
function dropped(built: BuiltCluster): readonly boolean[] {
  const world = worldOf(built.rule(B, 'nat', '-A POSTROUTING -p udp -m udp --dport 53 -j MASQUERADE --random-fully', 0).facts);
  const to = { to: pod.address, protocol: 'udp', port: 53 } as const;
  const drawn = packetOf(world, { ...to, from: healthy.pod('B').scope, sport: 40_000 });
  const first = exchange(world, { from: healthy.pod('B').scope, packet: drawn }, FRESH)?.branches[0]?.result;
  const shown = first?.walks[0]?.received;
  assert.ok(first !== undefined && shown?.drawn?.source !== undefined);
  const own = packetOf(world, { ...to, port: 54, from: B, sport: shown.sourcePort });
  assert.equal(own.source, shown.source);
  const [second, ...others] = exchange(world, { from: B, packet: own }, first.state)?.branches ?? [];
  assert.equal(others.length, 0);
  const again = exchange(world, { from: healthy.pod('B').scope, packet: drawn }, first.state)?.branches[0];
  return [first, second?.result, again?.result].map((result) => result?.walks[0]?.disposition === 'dropped');
}

/** Measured on Linux 6.18 by a conversation whose answers had a port that was drawn for a clash. */
test('what was put into a set with a drawn port is not found by another packet from the number that stands for it', () => {
  const [set] = factsOf(parseText(ipset, 'create s hash:ip,port family inet\n'), 'ipset');
  assert.ok(set !== undefined);
  const add = '-A FORWARD -p udp -j SET --add-set s src,src';
  const drop = '-A FORWARD -p udp -m set --match-set s src,src -j DROP';
  assert.deepEqual(dropped(healthy.put('ipset', A, set).rule(A, 'filter', add, 0).rule(A, 'filter', drop, 0)), [false, false, true]);
  const seen = `table ip t {
    set s {
      type ipv4_addr . inet_service
      flags dynamic
    }
    chain forward {
      type filter hook forward priority 0; policy accept;
      ip saddr . udp sport @s drop
      meta l4proto udp add @s { ip saddr . udp sport }
    }
  }`;
  assert.deepEqual(dropped(withNft(healthy, A, seen)), [false, false, true]);
});
