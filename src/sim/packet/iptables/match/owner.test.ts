import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from '../../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'tcp', port: 80 } as const;

/** Whether a rule drops what is forwarded, which has no socket here. */
const isDropped = (options: string): boolean =>
  trace(worldOf(healthy.rule(scope, 'mangle', `-A POSTROUTING -m owner ${options} -j DROP`, 0).facts), flow).outcomes[0]?.works === 'no';

// Linux 6.18.44: of three forwarded packets `! --gid-owner 5` counted three, `! --gid-owner 5 --suppl-groups` none.
test('what has no socket holds what is asked negatively, unless further groups are asked too (xt_owner.c owner_mt)', () => {
  assert.equal(isDropped('! --gid-owner 5'), true);
  assert.equal(isDropped('! --uid-owner 5'), true);
  assert.equal(isDropped('--gid-owner 5'), false);
  assert.equal(isDropped('! --gid-owner 5 --suppl-groups'), false);
  assert.equal(isDropped('! --socket-exists'), true);
  assert.equal(isDropped('--socket-exists'), false);
});
