import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { TunnelSettings } from '#facts/link/link';
import { cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import { exchange } from '../exchange.ts';
import type { Packet } from '../packet.ts';
import { FRESH } from '../state.ts';
import { tunnelReceive } from './receive.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [node, pod] = [healthy.node('A'), healthy.pod('A')];
const [far, farPod] = [healthy.node('B'), healthy.pod('B')];

/** A cluster whose node has a device as a tunnel's module puts one into each namespace. */
function with0(kind: TunnelSettings['kind'], up = false, built = healthy, at = node) {
  const seen = healthy.facts.seen('link', at.scope);
  const any = seen.is === 'seen' ? seen.value.find(({ name }) => name === 'flannel.1') : undefined;
  assert.ok(any !== undefined);
  const tunnel: TunnelSettings = {
    ...{ kind, remote: null, local: null, dev: null, ttl: 0, tos: 0 },
    ...{ inKey: null, outKey: null, pathMtu: false, external: false },
  };
  return built.put('link', at.scope, { ...any, name: `${kind}0`, index: 77, type: kind, up, noArp: true, vxlan: null, tunnel });
}

/** The reason for which the node loses a bare packet of a protocol, and the ICMP error that comes back. */
function met(built: typeof healthy, protocol: Packet['protocol']): readonly unknown[] {
  const bare = { source: pod.address, destination: node.gateway, sourcePort: 0, destinationPort: 0, tcp: null, icmp: null } as const;
  const packet: Packet = { ...bare, protocol, size: 84, df: false, ttl: 64, mark: 0 };
  const [walk, error] = exchange(worldOf(built.facts), { from: pod.scope, packet }, FRESH)?.branches[0]?.result.walks ?? [];
  return [walk?.reason.code, error?.packet.icmp?.code];
}

/** Linux 6.1, scene link:gx4.0 beside scenes with IPIP devices, so that each namespace had tunl0: 3/3 came back of protocol 41, 3/2 without. */
test('what knows a tunnel’s protocol and has none for a packet says that there is no port (tunnel64_rcv)', () => {
  assert.deepEqual(met(healthy, 'ipv6'), ['IP_NOPROTO', 2]);
  assert.deepEqual(met(with0('ipip'), 'ipv6'), ['NOT_SPECIFIED', 3]);
  assert.deepEqual(met(with0('sit'), 'ipip'), ['NOT_SPECIFIED', 3]);
  assert.deepEqual(met(with0('ipip'), 'esp'), ['IP_NOPROTO', 2]);
});

/** The reason for which a node loses what another one sends to its pod in an IPIP tunnel that it has not. */
function unwrapped(built: typeof healthy): string | undefined {
  const tunnelled = with0('ipip', true, built, far).change(
    'route',
    far.scope,
    ({ to }) => to === node.subnet,
    (fact) => ({ ...fact, hops: [{ dev: 'ipip0', via: node.address, onlink: true, weight: 1, dead: false }] }),
  );
  const ends = { source: farPod.address, destination: pod.address, sourcePort: 40_001, destinationPort: 53 } as const;
  const packet: Packet = { ...ends, protocol: 'udp', tcp: null, icmp: null, size: 60, df: false, ttl: 64, mark: 0 };
  return exchange(worldOf(tunnelled.facts), { from: farPod.scope, packet }, FRESH)?.branches[0]?.result.walks[0]?.reason.code;
}

test('so it is with what is known to carry a packet (tunnel4_rcv)', () => {
  assert.equal(unwrapped(healthy), 'IP_NOPROTO');
  assert.equal(unwrapped(with0('sit')), 'NOT_SPECIFIED');
});

test('congestion that the outside of IPIP met is told to the inside, or what cannot tell of it is dropped (IP_ECN_decapsulate)', () => {
  const stack = worldOf(with0('ipip', true).facts).stack(node.scope) ?? assert.fail('no such node');
  const came = (outside: number, inside: number): unknown => {
    const ends = { source: far.address, destination: node.address, sourcePort: 0, destinationPort: 0, tcp: null, icmp: null } as const;
    const outer: Packet = { ...ends, protocol: 'ipip', size: 80, df: false, ttl: 64, mark: 0, tos: outside };
    const inner: Packet = { ...outer, source: farPod.address, destination: pod.address, protocol: 'udp', size: 60, tos: inside };
    const next = tunnelReceive(skbOf(stack, outer), { how: 'ip', packet: inner, frame: null, id: null, wire: 60, carries: null });
    return next.stage === 'receive' ? next.skb.packet.tos : next.stage === 'end' ? next.disposition : next.stage;
  };
  assert.deepEqual([came(3, 0), came(3, 0x22), came(1, 0x22), came(0, 0x22)], ['dropped', 0x23, 0x21, 0x22]);
});
