import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { cidrOf } from '#net/cidr';
import { ip } from '#net/ip';
import type { Scope } from '#snapshot/scope';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';
import { packetOf, trace } from '../trace.ts';

const healthy = cluster();
const [client, server] = [healthy.pod('A'), healthy.pod('D')];

test("the port that a tunnel's packets come from is one of a range, and which nobody knows (udp_flow_src_port)", () => {
  const dropping = (ports: string): readonly (readonly [string, number | null])[] => {
    const { facts } = healthy.rule(healthy.node('A').scope, 'filter', `-A OUTPUT -p udp -m udp --dport 8472 --sport ${ports} -j DROP`);
    const flow = { from: client.scope, to: server.address, protocol: 'udp', port: 9, sport: 40_001 } as const;
    return trace(worldOf(facts), flow).outcomes.map(({ reason, probability }) => [reason.code, probability]);
  };
  const [half, ...others] = dropping('32768:46883').toSorted(([one], [other]) => one.localeCompare(other));
  assert.equal(half?.[0], 'NETFILTER_DROP');
  assert.ok(Math.abs((half?.[1] ?? 0) - 0.5) < 0.01, String(half?.[1]));
  assert.equal(others.length, 1);
  assert.deepEqual(dropping('32768:60999'), [['NETFILTER_DROP', 1]]);
  assert.notEqual(dropping('1:32767')[0]?.[0], 'NETFILTER_DROP');
});

test('a tunnel whose own packets would take its own device drops what it carries: measured, IP_OUTNOROUTES at the device', () => {
  const { scope, vtep } = healthy.node('A');
  const route = plainRoute(cidrOf(healthy.node('D').address, 31), vtep.device);
  const [outcome] = trace(worldOf(healthy.put('route', scope, route).facts), {
    from: client.scope,
    to: server.address,
    protocol: 'icmp',
  }).outcomes;
  assert.deepEqual([outcome?.reason.code, outcome?.at.device], ['IP_OUTNOROUTES', vtep.device]);
  assert.ok(outcome?.reason.by.some(({ kind }) => kind === 'route'));
});

test('around what a node passes on there is no socket, whoever sent the inside in its own namespace (skb_orphan, owner_mt)', () => {
  const ends = (rule: string, from: Scope): readonly string[] => {
    const world = worldOf(healthy.rule(healthy.node('A').scope, 'filter', `-A OUTPUT -p udp -m udp --dport 8472 ${rule} -j DROP`).facts);
    const packet = packetOf(world, { from, to: server.address, protocol: 'udp', port: 9, sport: 40_001 });
    const all = exchange(world, { from, packet, owner: { uid: 0, gid: 0 } }, FRESH);
    return all?.branches.map(({ result }) => result.walks[0]?.reason.code ?? '') ?? [];
  };
  assert.deepEqual(ends('-m owner ! --uid-owner 0', client.scope), ['NETFILTER_DROP']);
  assert.deepEqual(ends('-m owner --uid-owner 0', client.scope), ['NO_SOCKET']);
  assert.deepEqual(ends('-m owner ! --uid-owner 0', healthy.node('A').scope), ['NO_SOCKET'], 'its own inside keeps its socket');
});

/** Measured on Linux 6.18: datagrams from 1000 and 1001 left by two ports, pieces of them by one, another protocol's by a third. */
test('flows of two protocols have two ports, and pieces of packets that differ in ports alone one', () => {
  const world = worldOf(healthy.facts);
  const portOf = (protocol: 'udp' | 'sctp', sport: number, isPiece = false): number | undefined => {
    const packet = packetOf(world, { from: client.scope, to: server.address, protocol, port: 53, sport });
    const piece = isPiece ? { ...packet, fragment: { offset: 0, more: true } } : packet;
    const { state } = exchange(world, { from: client.scope, packet: piece }, FRESH)?.branches[0]?.result ?? {};
    const tracked = state?.connections.get(world.stack(healthy.node('A').scope)?.key ?? '')?.values() ?? [];
    return [...tracked].find(({ original }) => original.destinationPort === 8472)?.original.sourcePort;
  };
  assert.notEqual(portOf('udp', 1000), portOf('udp', 1001));
  assert.notEqual(portOf('udp', 1000), portOf('sctp', 1000));
  assert.equal(portOf('udp', 1000, true), portOf('udp', 1001, true));
  assert.notEqual(portOf('udp', 1000, true), undefined);
});

test('two flows of which the stand-in hash is the same have two ports, and each keeps its own', () => {
  const { scope } = healthy.node('A');
  const world = worldOf(healthy.facts);
  const portsAfter = (sports: readonly number[]): readonly (number | undefined)[] => {
    let state = FRESH;
    return sports.map((sport) => {
      const packet = packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 53, sport });
      const [branch] = exchange(world, { from: client.scope, packet }, state)?.branches ?? [];
      state = branch?.result.state ?? state;
      const tracked = state.connections.get(world.stack(scope)?.key ?? '')?.values() ?? [];
      return [...tracked].filter(({ original }) => original.destinationPort === 8472).at(-1)?.original.sourcePort;
    });
  };
  const many = Array.from({ length: 400 }, (_, at) => 20_000 + at);
  assert.equal(new Set(portsAfter(many)).size, many.length);
});

/** Measured on Linux 6.18: `-A PREROUTING -p tcp` counts such packets once more before they are thrown away (NOT_SPECIFIED). */
test('what a namespace sends to itself by its own tunnel comes in as far as PREROUTING (vxlan_encap_bypass, dst_discard)', () => {
  const { scope, vtep, address } = healthy.node('A');
  const looping = healthy.change('fdb', scope, ({ dev, dst }) => dev === vtep.device && dst === healthy.node('D').address, {
    dst: address,
  });
  const endsWith = (built: typeof healthy): string | undefined => {
    const world = worldOf(built.facts);
    const packet = packetOf(world, { from: scope, to: server.address, protocol: 'tcp', port: 80 });
    return exchange(world, { from: scope, packet }, FRESH)?.branches[0]?.result.walks[0]?.reason.code;
  };
  assert.equal(endsWith(looping), 'NOT_SPECIFIED');
  assert.equal(endsWith(looping.rule(scope, 'raw', `-A PREROUTING -i ${vtep.device} -p tcp -j DROP`)), 'NETFILTER_DROP');
});

/** Linux 6.18, scene vxlan:s11.926: of packets that `TTL --ttl-dec` had left with none OUTPUT counted the outer ones with 64. */
test('around a packet that has no hop left to inherit the hop limit is the route’s (vxlan_xmit_one)', () => {
  const { scope, vtep } = healthy.node('A');
  const { facts } = healthy
    .change(
      'link',
      scope,
      ({ name }) => name === vtep.device,
      (link) => ({ ...link, vxlan: link.vxlan == null ? link.vxlan : { ...link.vxlan, ttl: 'inherit' as const } }),
    )
    .rule(scope, 'mangle', '-A FORWARD -p udp -m udp --dport 9 -j TTL --ttl-set 0')
    .rule(scope, 'mangle', '-A FORWARD -p udp -m udp --dport 7 -j TTL --ttl-set 9')
    .rule(scope, 'filter', '-A OUTPUT -p udp -m udp --dport 8472 -m ttl --ttl-eq 64 -j DROP');
  const end = (port: number): string | undefined =>
    trace(worldOf(facts), { from: client.scope, to: server.address, protocol: 'udp', port }).outcomes[0]?.reason.code;
  assert.deepEqual([end(9), end(7)], ['NETFILTER_DROP', 'NO_SOCKET']);
});

/** Linux 6.18.44, by kfree_skb and counters of the inside: outside CE drops what is not capable, and makes the capable CE; ECT(1) outside makes ECT(0) so. */
test('congestion that the outside met is told to the inside, or what cannot tell of it is dropped (vxlan_ecn_decapsulate)', () => {
  const came = (outside: string, tos: number): readonly unknown[] => {
    const built = healthy.rule(healthy.node('A').scope, 'mangle', `-A OUTPUT -p udp -m udp --dport 8472 -j TOS --set-tos ${outside}/0x03`);
    const world = worldOf(built.facts);
    const packet = { ...packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 9, sport: 40_001 }), tos };
    const walk = exchange(world, { from: client.scope, packet }, FRESH)?.branches[0]?.result.walks[0];
    return [walk?.reason.code, walk?.received.tos ?? 0];
  };
  assert.deepEqual(came('0x03', 0), ['IP_TUNNEL_ECN', 0]);
  assert.deepEqual(came('0x03', 0x22), ['NO_SOCKET', 0x23]);
  assert.deepEqual(came('0x03', 1), ['NO_SOCKET', 3]);
  assert.deepEqual(came('0x01', 0x22), ['NO_SOCKET', 0x21]);
  assert.deepEqual(came('0x01', 0), ['NO_SOCKET', 0]);
  assert.deepEqual(came('0x02', 3), ['NO_SOCKET', 3]);
});

/** Measured on Linux 6.18: with `via` the device counts an error (tx_errors) instead of a packet that came back. */
test('a remote that is this namespace itself by the device that its entry names is nobody (vxlan_find_sock)', () => {
  const { scope, vtep, address, uplink } = healthy.node('A');
  const code = (via: string | null): string | undefined => {
    const built = healthy.change('fdb', scope, ({ dev, dst }) => dev === vtep.device && dst === healthy.node('D').address, {
      ...{ dst: address, via },
    });
    return trace(worldOf(built.facts), { from: scope, to: server.address, protocol: 'udp', port: 9 }).outcomes[0]?.reason.code;
  };
  assert.equal(code(uplink), 'VXLAN_VNI_NOT_FOUND');
  assert.notEqual(code(null), 'VXLAN_VNI_NOT_FOUND');
});

/** Measured on Linux 6.18: once the address is taken away the device counts a carrier error for each packet; on lo it is as good as on the wire. */
test('a tunnel whose own end is an address that the node has no more drops all (ip_route_output_key_hash_rcu, __ip_dev_find)', () => {
  const { scope, vtep } = healthy.node('A');
  const from = (local: string) =>
    healthy.change(
      'link',
      scope,
      ({ name }) => name === vtep.device,
      (link) => ({ ...link, vxlan: link.vxlan == null ? link.vxlan : { ...link.vxlan, local: ip`${local}` } }),
    );
  const code = ({ facts }: typeof healthy): string | undefined =>
    trace(worldOf(facts), { from: client.scope, to: server.address, protocol: 'udp', port: 9 }).outcomes[0]?.reason.code;
  assert.deepEqual([code(from(healthy.node('A').address)), code(from('192.168.1.99'))], ['NO_SOCKET', 'IP_OUTNOROUTES']);
});
