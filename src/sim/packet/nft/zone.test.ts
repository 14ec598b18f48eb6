import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf, trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');
const flow = { from: scope, to: ip`10.77.3.7`, protocol: 'udp', port: 53 } as const;

/** A chain before tracking, and others behind it. */
const raw = (rules: string, others = ''): BuiltCluster =>
  withNft(healthy, scope, `table ip t {\nchain raw {\ntype filter hook output priority raw;\n${rules}\n}\n${others}}\n`);

const filter = (rules: string): string => `chain late {\ntype filter hook output priority 0;\n${rules}\n}\n`;
const isDropped = (built: BuiltCluster): boolean => trace(worldOf(built.facts), flow).outcomes[0]?.reason.code === 'NETFILTER_DROP';

/** The destinations of ten packets that get one of a range, which is drawn with the zone's number. */
const drawn = (built: BuiltCluster): readonly string[] =>
  Array.from({ length: 10 }, (_, at) => {
    const world = worldOf(built.rule(scope, 'nat', '-A OUTPUT -p udp -j DNAT --to-destination 198.51.100.1-198.51.100.9', 0).facts);
    const packet = packetOf(world, { ...flow, to: ip`203.0.113.${at}`, sport: 6000 });
    return send(world, scope, packet, FRESH, forced(new Map()), 0).received.destination;
  });

test('a connection is tracked in the zone that a rule set before, as `-j CT --zone` does (nft_ct_set_zone_eval)', () => {
  const five = drawn(healthy.rule(scope, 'raw', '-A OUTPUT -p udp -j CT --zone 5'));
  assert.notDeepEqual(drawn(healthy), five);
  assert.deepEqual(drawn(raw('meta l4proto udp ct zone set 5')), five);
  assert.deepEqual(drawn(raw('meta l4proto udp ct zone set 5 notrack')), five, 'what has a zone is tracked');
  assert.deepEqual(drawn(raw('ct zone set 5 ct zone set 7')), five, 'the first one stays');
});

test('the zone is asked as a whole or of one direction (NFT_CT_ZONE)', () => {
  for (const [set, asked, holds] of [
    ['ct zone set 5', 'ct zone 5', true],
    ['ct original zone set 5', 'ct zone 5', true],
    ['ct original zone set 5', 'ct reply zone 5', false],
    ['ct reply zone set 5', 'ct zone 5', true],
    ['ct reply zone set 5', 'ct original zone 0', true],
  ] as const)
    assert.equal(isDropped(raw(set, filter(`${asked} drop`))), holds, `${set}, ${asked}`);
});

// Linux 6.18.44: behind `ct zone set 5` in raw, `ct state new` counted, `ct zone 5` and `ct zone != 5`, `ct status` and `ct mark` did not.
test('of what is attached before tracking the state is told, all else depends on the kernel’s patches (nft_ct_get_eval)', () => {
  assert.deepEqual(
    [isDropped(raw('ct zone set 5\nct state new drop')), isDropped(raw('ct zone set 5\nct state invalid drop'))],
    [true, false],
  );
  for (const asked of ['ct zone 5', 'ct status confirmed', 'ct mark 0', 'ct direction original'])
    assert.equal(trace(worldOf(raw(`ct zone set 5\n${asked} drop`).facts), flow).outcomes[0]?.works, 'unknown', asked);
  assert.equal(isDropped(raw('ct zone set 5\nct mark set 0x3', filter('ct mark 0x3 drop'))), false, 'a template is not written to');
});
