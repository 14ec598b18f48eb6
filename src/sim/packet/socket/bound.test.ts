import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 1 });
const pod = healthy.pod('A');
const loopback = ip`127.0.0.1`;

/** What comes of a datagram that the pod sends itself, with a socket in it that is bound to a device. */
function ended(dev: string, destination = pod.address): string | undefined {
  const listening = healthy.put('socket', pod.scope, {
    ...{ protocol: 'udp', family: 4, state: 'UNCONN', remote: null, v6Only: undefined, recvQ: 0, sendQ: 0 },
    local: { address: ip`0.0.0.0`, port: 8080, dev },
    ...{ timer: undefined, process: undefined, inode: 1, uid: 0, tcp: undefined },
  });
  const packet = {
    ...({ source: destination, destination, protocol: 'udp', sourcePort: 40_001, destinationPort: 8080 } as const),
    ...{ tcp: null, icmp: null, size: 60, df: false, ttl: 64, mark: 0 },
  };
  return exchange(worldOf(listening.facts), { from: pod.scope, packet }, FRESH)?.branches[0]?.result.walks[0]?.disposition;
}

// Linux 6.18.44, 10.1.0.1/24 on d1: a socket bound to lo (SO_BINDTODEVICE) gets nothing that is sent there to 10.1.0.1, one bound to d1
// does; the other way round with 127.0.0.1. UDP, TCP and IPv6 alike.
test('what a namespace sends itself is for sockets of the device whose address it is, though it goes over lo (inet_iif)', () => {
  assert.equal(ended('eth0'), 'delivered');
  assert.equal(ended('lo'), 'no listener');
  assert.equal(ended('lo', loopback), 'delivered');
  assert.equal(ended('eth0', loopback), 'no listener');
});
