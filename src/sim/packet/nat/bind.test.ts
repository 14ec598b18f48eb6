import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { type Ip, ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { onDevice } from '#testing/built/devices';
import { trackedConnection } from '#testing/tracked-connection';
import { cluster } from '#testing/world-builder';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import { bind } from './bind.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 1 });
const [node, pod] = [healthy.node('A'), healthy.pod('A')];
const addresses = healthy.facts.partition('address', node.scope);
assert.ok(addresses !== undefined);

/** Where REDIRECT sends what came in by the pods' bridge for an address, or why that is not known. */
function redirectedTo(built: typeof healthy, to: Ip): string {
  const world = worldOf(built.facts);
  const stack = world.stack(node.scope);
  assert.ok(stack !== undefined);
  const packet = packetOf(world, { from: pod.scope, to: node.gateway, protocol: 'udp', port: 53, sport: 40_001 });
  const original = { source: pod.address, destination: to, sourcePort: 40_001, destinationPort: 53 };
  const connection = trackedConnection(packet, 'udp', original, { destinationDone: false });
  const rewrite = { what: 'destination', to: 'redirect', addresses: [], ports: null } as const;
  const place = { in: stack.link(node.bridge) ?? null, out: null, hook: 'PREROUTING', hop: null, rule: 'a rule' } as const;
  const made = bind(new Run(world, forced(new Map()), FRESH), stack, connection, rewrite, place);
  return made.is === 'bound' ? connection.reply.source : made.is === 'gap' ? `${made.gap.why}: ${made.gap.detail}` : made.is;
}

test('REDIRECT sends to the first address of the device, which only a whole reading tells (nf_nat_redirect_ipv4)', () => {
  const far = ip`203.0.113.7`;
  const second = healthy.put('address', node.scope, onDevice(node.bridge, ip`192.0.2.9`, 24, null));
  assert.equal(redirectedTo(second, far), node.gateway);
  assert.match(redirectedTo(healthy.replace({ ...addresses, covers: [] }), far), /^not collected: .* were not all read$/);
  const without = healthy.replace({ ...addresses, facts: addresses.facts.filter(({ dev }) => dev !== node.bridge) });
  assert.equal(redirectedTo(without, far), 'dropped');
});

test('of IPv6 an address reaches as far as the one that it stands for, and is known to be unique (nf_nat_redirect_ipv6_usable)', () => {
  const [doubtful, wide, near] = [ip`fd00:1::1`, ip`fd00:1::2`, ip`fe80::2`];
  const having = (kernel: string, ...own: readonly (readonly [Ip, object?])[]): typeof healthy =>
    own.reduce(
      (now, [address, more]) => now.put('address', node.scope, { ...onDevice(node.bridge, address, 64, null), ...more }),
      healthy.change('host', node.scope, () => true, { kernel }),
    );
  const all = [[doubtful, { tentative: true }], [wide], [near]] as const;
  const [far, linked] = [ip`2001:db8::7`, ip`fe80::1`];
  assert.deepEqual([redirectedTo(having('6.7.0', ...all), far), redirectedTo(having('6.7.0', ...all), linked)], [wide, near]);
  assert.equal(redirectedTo(having('6.7.0', [wide]), linked), 'dropped');
  const patched = /^not modelled: whether fd00:1::1 is passed over depends on the patches of this kernel$/;
  assert.match(redirectedTo(having('6.6.0', ...all), linked), patched);
  assert.equal(redirectedTo(having('6.6.0', [wide]), far), wide);
});

test('what has no source yet is bound to none, and to no device (nf_nat_masquerade_ipv4)', () => {
  const world = worldOf(healthy.facts);
  const stack = world.stack(node.scope) ?? assert.fail('no such node');
  const out = stack.link(node.uplink) ?? assert.fail('no uplink');
  const masqueraded = (source: Ip) => {
    const packet = packetOf(world, { from: node.scope, to: ip`203.0.113.7`, protocol: 'udp', port: 67, sport: 68 });
    const original = { source, destination: ip`203.0.113.7`, sourcePort: 68, destinationPort: 67 };
    const connection = trackedConnection(packet, 'udp', original, { sourceDone: false });
    const rewrite = { what: 'source', to: 'masquerade', addresses: [], ports: null } as const;
    const place = { in: null, out, hook: 'POSTROUTING', hop: null, rule: 'a rule' } as const;
    assert.equal(bind(new Run(world, forced(new Map()), FRESH), stack, connection, rewrite, place).is, 'bound');
    return [connection.reply.destination, connection.masqueraded];
  };
  assert.deepEqual(masqueraded(ip`0.0.0.0`), [ip`0.0.0.0`, undefined]);
  assert.deepEqual(masqueraded(pod.address), [node.address, node.uplink]);
});
