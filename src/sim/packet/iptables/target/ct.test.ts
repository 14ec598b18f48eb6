import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { send } from '../../send.ts';
import { FRESH } from '../../state.ts';
import { packetOf } from '../../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');

/** How a packet ends that leaves by rules of raw, where what is not tracked is dropped behind them. */
function ends(rules: readonly string[], at = 0): string {
  const built = rules.reduceRight((now, rule) => now.rule(scope, 'raw', `-A OUTPUT ${rule}`, 0), healthy);
  const world = worldOf(built.rule(scope, 'filter', '-A OUTPUT -p udp -m conntrack --ctstate UNTRACKED -j DROP', 0).facts);
  const packet = packetOf(world, { from: scope, to: ip`10.77.3.7`, protocol: 'udp', port: 53, sport: 6000 });
  return send(world, scope, packet, FRESH, forced(new Map()), at).disposition;
}

test('what -j CT attached is tracked, whatever it asked for: a later NOTRACK finds it (xt_CT.c xt_ct_target, notrack_tg)', () => {
  const free = ends([]);
  assert.equal(ends(['-j NOTRACK']), 'dropped');
  for (const attached of ['-j CT --helper ftp', '-j CT --ctevents new', '-j CT', '-j CT --zone 5'])
    assert.equal(ends([attached, '-j NOTRACK']), free, attached);
  assert.equal(ends(['-j NOTRACK', '-j CT --helper ftp']), 'dropped');
});

test('nft’s notrack leaves alone what -j CT attached (nft_notrack_eval)', () => {
  const ruleset = 'table ip t {\nchain o {\ntype filter hook output priority -290;\nnotrack\n}\n}\n';
  const built = withNft(healthy.rule(scope, 'raw', '-A OUTPUT -j CT --helper ftp', 0), scope, ruleset);
  const world = worldOf(built.rule(scope, 'filter', '-A OUTPUT -p udp -m conntrack --ctstate NEW -j DROP', 0).facts);
  const packet = packetOf(world, { from: scope, to: ip`10.77.3.7`, protocol: 'udp', port: 53, sport: 6000 });
  assert.equal(send(world, scope, packet, FRESH, forced(new Map()), 0).disposition, 'dropped');
});

test('how long a connection lives by a policy of timeouts is not known, which only later packets meet', () => {
  assert.equal(ends(['-j CT --timeout short']), ends([]));
  assert.equal(ends(['-j CT --timeout short'], 5000), 'unknown');
});

/** Linux 6.18: behind `-j CT --zone mark` and `-j MARK --set-mark 5` conntrack -L told zone 5. */
test('a zone by the mark is that which a packet has when it is tracked (nf_ct_zone_tmpl)', () => {
  const zoned = (...rules: readonly string[]): string => {
    const built = rules.reduceRight((now, rule) => now.rule(scope, 'raw', `-A OUTPUT ${rule}`, 0), healthy);
    const ruleset =
      'table ip t {\nchain o {\ntype filter hook output priority 10;\nmeta l4proto udp ct original zone 5 ct reply zone 0 drop\n}\n}\n';
    const world = worldOf(withNft(built, scope, ruleset).facts);
    const packet = packetOf(world, { from: scope, to: ip`10.77.3.7`, protocol: 'udp', port: 53, sport: 6000 });
    return send(world, scope, packet, FRESH, forced(new Map()), 0).disposition;
  };
  const free = zoned();
  assert.equal(zoned('-j CT --zone-orig mark', '-j MARK --set-mark 0x10005'), 'dropped');
  assert.equal(zoned('-j MARK --set-mark 5', '-j CT --zone-orig mark', '-j MARK --set-mark 6'), free);
  assert.equal(zoned('-j CT --zone mark', '-j MARK --set-mark 5'), free, 'of both directions');
});
