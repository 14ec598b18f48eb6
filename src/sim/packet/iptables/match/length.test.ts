import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { enumerate } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { send } from '../../send.ts';
import { FRESH } from '../../state.ts';
import { packetOf } from '../../trace.ts';

/** How a packet of these sizes ends by a rule of the node that it comes to, which drops. */
function ends(match: string, leastSize: number, size: number): string {
  const healthy = cluster({ nodes: 2, podsPerNode: 1 });
  const [from, to] = [healthy.pod('B'), healthy.pod('A')];
  const world = worldOf(healthy.rule(healthy.node('B').scope, 'raw', `-A PREROUTING -m length ${match} -j DROP`, 0).facts);
  const packet = { ...packetOf(world, { from: from.scope, to: to.address, protocol: 'tcp', port: 80 }), size };
  const sent = leastSize === size ? packet : { ...packet, leastSize };
  const { branches } = enumerate((chooser) => send(world, from.scope, sent, FRESH, chooser, 0));
  const ended = new Set(branches.map(({ result: { disposition } }) => (disposition === 'dropped' ? 'dropped' : 'passed')));
  return ended.size === 1 ? [...ended].join() : 'unknown';
}

test('a length that is known holds or not', () => {
  assert.deepEqual(
    [ends('--length 52', 52, 52), ends('--length 44', 52, 52), ends('! --length 44', 52, 52)],
    ['dropped', 'passed', 'dropped'],
  );
});

test('one that is told by its bounds alone holds where all of it does, and is unknown where a part does', () => {
  assert.deepEqual(
    [ends('--length 44', 44, 52), ends('--length 48', 44, 52), ends('--length 52:60', 44, 52)],
    ['unknown', 'unknown', 'unknown'],
  );
  assert.deepEqual(
    [ends('--length 40:60', 44, 52), ends('--length 53:60', 44, 52), ends('--length 20:43', 44, 52)],
    ['dropped', 'passed', 'passed'],
  );
  assert.deepEqual([ends('! --length 40:60', 44, 52), ends('! --length 53:60', 44, 52)], ['passed', 'dropped']);
});
