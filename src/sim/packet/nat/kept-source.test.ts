import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const { scope, ...node } = cluster().node('A');
const built = cluster().rule(scope, 'nat', '-A POSTROUTING -p udp -j SNAT --to-source 198.51.100.1-198.51.100.9', 0);
const world = worldOf(built.facts);
const first = forced(new Map());

/** The sources with which packets from one port leave for several machines, one after another or each as if it were the first. */
function sources(isTogether: boolean, sportOf: (at: number) => number): readonly string[] {
  let state = FRESH;
  return [1, 2, 3, 4, 5, 6].map((at) => {
    const packet = packetOf(world, { from: scope, to: ip`203.0.113.${at}`, protocol: 'udp', port: 53, sport: sportOf(at) });
    const sent = send(world, scope, packet, isTogether ? state : FRESH, first, 0);
    state = sent.state;
    return sent.received.source;
  });
}

test('one end keeps the address of a range that its first connection got (find_appropriate_src)', () => {
  const together = sources(true, () => 5353);
  assert.deepEqual(new Set(together), new Set([together[0]]));
  assert.notEqual(together[0], node.address);
  assert.ok(new Set(sources(false, () => 5353)).size > 1, 'each alone would get another one');
  assert.ok(new Set(sources(true, (at) => 6000 + at)).size > 1, 'other ports are other ends');
});
