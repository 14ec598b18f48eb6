import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 2 });
const { scope } = healthy.node('A');
const translated = healthy.rule(scope, 'nat', '-A OUTPUT -p udp -j DNAT --to-destination 198.51.100.1-198.51.100.9', 0);

/** The destinations of ten packets under these words of a CT rule. */
function destinations(words: string): readonly string[] {
  const world = worldOf(translated.rule(scope, 'raw', `-A OUTPUT -p udp -j CT ${words}`).facts);
  return Array.from({ length: 10 }, (_, at) => {
    const packet = packetOf(world, { from: scope, to: ip`203.0.113.${at}`, protocol: 'udp', port: 53, sport: 6000 });
    return send(world, scope, packet, FRESH, forced(new Map()), 0).received.destination;
  });
}

test("an address of a range is drawn with the zone's number, whichever direction it holds for (nf_ct_zone)", () => {
  const both = destinations('--zone 5');
  assert.deepEqual(destinations('--zone-orig 5'), both);
  assert.deepEqual(destinations('--zone-reply 5'), both);
  assert.notDeepEqual(destinations('--zone-orig 77'), both);
});
