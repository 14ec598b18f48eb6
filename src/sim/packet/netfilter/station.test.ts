import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import { netfilter } from './hook.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 0 });
const { scope } = healthy.node('A');

/** Whether a packet of a node's own, which has no way yet, is routed anew behind a rule of mangle's OUTPUT. */
function isRoutedAnew(rule: string): boolean {
  const world = worldOf(healthy.rule(scope, 'mangle', `-A OUTPUT ${rule}`, 0).facts);
  const stack = world.stack(scope) ?? assert.fail('no node');
  const { tos: _, ...packet } = packetOf(world, { from: scope, to: ip`198.51.100.7`, protocol: 'udp', port: 53 });
  const left = netfilter(new Run(world, forced(new Map()), FRESH), skbOf(stack, packet), 'OUTPUT', { in: null, out: null });
  return !('stage' in left) && left.path !== null;
}

/** Linux 6.18 (route:s6.465): a SYN whose type of service was set to the 0 that it had kept its way among several, an error of another one did not. */
test('what mangle left as it was is not routed anew (ipt_mangle_out, ip6t_mangle_out)', () => {
  assert.deepEqual(
    ['-j TOS --set-tos 0x00/0xff', '-j TOS --set-tos 0x10/0xff', '-j MARK --set-xmark 0x0/0xff', '-j MARK --set-xmark 0x2/0xff'].map(
      isRoutedAnew,
    ),
    [false, true, false, true],
  );
});
