import assert from 'node:assert/strict';
import test from 'node:test';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { ip } from '#net/ip';
import { mac } from '#net/mac';
import { CLUSTER } from '#snapshot/scope';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { followLeases } from './follow.ts';

const healthy = cluster();
const [A, B, D] = [healthy.node('A'), healthy.node('B'), healthy.node('D')];
const moved = ip`192.168.1.99`;
const drawn = mac`02:de:ad:00:41:01`;

const leased = (built: BuiltCluster, value: Partial<FactOf<'lease'>>): BuiltCluster => built.change('lease', CLUSTER, D.subnet, value);

/** Where a node's entries for the MAC of D lead. */
function ends(facts: Facts, { scope, vtep }: typeof A): readonly unknown[] {
  const entries = facts.seen('fdb', scope);
  assert.ok(entries.is === 'seen');
  return entries.value.flatMap(({ dev, mac, dst }) => (dev === vtep.device && mac === D.vtep.mac ? [dst] : []));
}

/** Where A and B send what is for D, once its lease has become another. */
function sentTo(before: BuiltCluster, value: Partial<FactOf<'lease'>> = { publicIp: moved }): readonly (readonly unknown[])[] {
  const after = followLeases(before.facts, leased(before, value).facts);
  return [A, B].map((node) => ends(after, node));
}

test('a node whose entries are those of the lease follows it', () => {
  assert.deepEqual(sentTo(healthy), [[moved], [moved]]);
});

test('one whose entry leads elsewhere than the lease did has not heard of it, and does not hear of the next', () => {
  const elsewhere = ip`192.168.1.98`;
  const late = healthy.change('fdb', A.scope, (one) => one.dev === A.vtep.device && one.mac === D.vtep.mac, { dst: elsewhere });
  assert.deepEqual(sentTo(late), [[elsewhere], [moved]]);
});

test('one whose neighbour has another MAC than the lease says has not heard of it, wherever the entry leads', () => {
  const late = healthy
    .change('neighbour', A.scope, `${A.vtep.device} ${D.vtepAddress}`, { mac: drawn })
    .put('fdb', A.scope, { ...entryOf(), mac: drawn });
  assert.deepEqual(sentTo(late), [[D.address], [moved]]);
});

test('where the lease did not tell its address or its MAC, no node is known not to have heard of it', () => {
  for (const untold of [{ publicIp: undefined }, { publicIp: null }, { vtepMac: undefined }, { vtepMac: null }])
    assert.deepEqual(sentTo(leased(healthy, untold), { publicIp: moved, vtepMac: D.vtep.mac }), [[moved], [moved]]);
});

function entryOf() {
  const [found] = healthy.facts.partition('fdb', A.scope)?.facts.filter((one) => one.mac === D.vtep.mac) ?? [];
  assert.ok(found !== undefined);
  return found;
}
