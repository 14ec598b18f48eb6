import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { dualStack, six } from '#testing/built/dual-stack';
import { cluster } from '#testing/world-builder';
import { forced } from '#sim/clock/choice';
import type { Packet } from '../packet.ts';
import { receive } from '../send.ts';
import { FRESH } from '../state.ts';

const bare = cluster({ nodes: 1, podsPerNode: 1 });
const [node, pod] = [bare.node('A'), bare.pod('A')];
const healthy = bare
  .having(dualStack(bare))
  .sysctl(node.scope, 'net.ipv4.icmp_echo_ignore_all', 0)
  .sysctl(node.scope, 'net.ipv4.icmp_echo_ignore_broadcasts', 0)
  .sysctl(node.scope, 'net.ipv4.conf.all.bc_forwarding', 0)
  .sysctl(node.scope, `net.ipv4.conf.${node.bridge}.bc_forwarding`, 0)
  .sysctl(node.scope, 'net.ipv6.icmp.echo_ignore_all', 0)
  .sysctl(node.scope, 'net.ipv6.icmp.echo_ignore_multicast', 0);

/** From where a node answers a pod's question of ICMP, and by what type. */
function answered(destination: string, type: number, built = healthy): readonly unknown[] {
  const isSix = destination.includes(':');
  const packet: Packet = {
    ...{ source: isSix ? six(pod.address) : pod.address, destination: ip`${destination}`, protocol: isSix ? 'icmpv6' : 'icmp' },
    ...{ sourcePort: 0, destinationPort: 0, tcp: null, icmp: { type, code: 0, id: 7 }, size: 60, df: false, ttl: 64, mark: 0 },
  };
  const { reply } = receive(worldOf(built.facts), node.scope, node.bridge, packet, FRESH, forced(new Map()));
  return [reply?.packet.source, reply?.packet.icmp?.type];
}

const toAll = '10.100.54.255';

/** Linux 6.18.44: ping -b of a neighbour's 10.77.0.255 is answered by 10.77.0.2, with icmp_echo_ignore_broadcasts=1 by nobody. */
test('a broadcast echo is answered from an address of the machine (fib_compute_spec_dst)', () => {
  assert.deepEqual(answered(toAll, 8), [node.gateway, 0]);
  assert.deepEqual(answered(toAll, 8, healthy.sysctl(node.scope, 'net.ipv4.icmp_echo_ignore_broadcasts', 1)), [undefined, undefined]);
});

/** Linux 6.18.44: type 13 to 10.77.0.2 and to 10.77.0.255 is answered by 10.77.0.2 with type 14. That echo_ignore_all does not matter was read. */
test('who is asked for the time tells it, whatever becomes of echoes (icmp_timestamp)', () => {
  const deaf = healthy.sysctl(node.scope, 'net.ipv4.icmp_echo_ignore_all', 1);
  for (const built of [healthy, deaf])
    for (const asked of [node.gateway, toAll]) assert.deepEqual(answered(asked, 13, built), [node.gateway, 14]);
  assert.deepEqual(answered(node.gateway, 8, deaf), [undefined, undefined]);
});

/** Linux 6.18.44: ping of ff02::1 is answered by the device's address, with echo_ignore_multicast=1 by nobody. */
test('an echo to a group of IPv6 is answered unless that is switched off (icmpv6_echo_reply)', () => {
  assert.deepEqual(answered('ff02::1', 128), [six(node.gateway), 129]);
  assert.deepEqual(answered('ff02::1', 128, healthy.sysctl(node.scope, 'net.ipv6.icmp.echo_ignore_multicast', 1)), [undefined, undefined]);
});
