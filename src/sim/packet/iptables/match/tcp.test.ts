import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { send } from '../../send.ts';
import { FRESH } from '../../state.ts';
import { packetOf } from '../../trace.ts';

/** How a piece of TCP at this offset ends by a rule of the node that it comes to, which accepts. */
function ends(iptables: 'legacy' | 'nft', match: string, offset: number): string {
  const healthy = cluster({ nodes: 2, podsPerNode: 1, iptables });
  const [from, to] = [healthy.pod('B'), healthy.pod('A')];
  const world = worldOf(healthy.rule(healthy.node('B').scope, 'raw', `-A PREROUTING ${match} -j ACCEPT`, 0).facts);
  const packet = { ...packetOf(world, { from: from.scope, to: to.address, protocol: 'tcp', port: 80 }), fragment: { offset, more: true } };
  const { disposition } = send(world, from.scope, packet, FRESH, forced(new Map()), 0);
  return disposition === 'dropped' || disposition === 'unknown' ? disposition : 'passed';
}

/** Linux 6.18, by hand: sending a piece at offset 8 behind `iptables-legacy -A OUTPUT -p tcp -m tcp --dport 80` failed with EPERM, and the next rule counted nothing. */
test('a piece that would write over TCP’s flags is dropped by -m tcp, whatever it asks (tcp_mt, hotdrop)', () => {
  const asked = '-p tcp -m tcp --dport 80';
  assert.deepEqual([ends('legacy', asked, 8), ends('legacy', asked, 16)], ['dropped', 'passed']);
  assert.deepEqual([ends('legacy', '-p tcp', 8), ends('legacy', '-s 10.9.9.9/32 -p tcp -m tcp --syn', 8)], ['passed', 'passed']);
  assert.equal(ends('nft', asked, 8), 'unknown', 'some versions ask by nft itself, which drops nothing');
});
