import assert from 'node:assert/strict';
import test from 'node:test';
import { cluster } from './world-builder.ts';

test('a built cluster reads everything completely', () => {
  const { facts, nodes } = cluster();
  assert.deepEqual(facts.nodes(), ['A', 'B', 'C', 'D']);
  assert.equal(facts.scopes('D').length, 3);
  for (const partition of facts.partitions()) assert.equal(partition.covers, true, partition.kind);
  const routes = facts.seen('route', { node: 'D', netns: '' });
  assert.ok(routes.is === 'seen' && routes.value.some(({ to }) => to === nodes[0]?.subnet));
});

test('a changed fact keeps its line, a new one is put at the end', () => {
  const built = cluster();
  const { scope, uplink } = built.node('D');
  const changed = built.link(scope, uplink, { mtu: 1400 }).facts.seen('link', scope);
  assert.ok(changed.is === 'seen' && changed.value.some(({ name, mtu, origin }) => name === uplink && mtu === 1400 && origin.line === 2));
  const forward = built.sysctl(scope, 'net.ipv4.ip_forward', 0).facts.seen('sysctl', scope);
  assert.ok(
    forward.is === 'seen' &&
      forward.value.some(
        ({ name, value, origin }) => name === 'net.ipv4.ip_forward' && value === '0' && origin.file === 'nodes/D/sysctl_-a',
      ),
  );
  assert.throws(() => built.drop('route', scope, 'nonsense'));
});

test('a rule stands where it was asked for, in tables that were not there too', () => {
  const built = cluster();
  const { scope } = built.node('A');
  const tables = built
    .rule(scope, 'filter', '-A FORWARD -s 10.0.0.0/8 -j DROP', 0)
    .rule(built.pod('A').scope, 'filter', '-A INPUT -p icmp -j DROP');
  const filter = tables.facts.seen('iptables', scope);
  assert.ok(filter.is === 'seen');
  const forward = filter.value.find(({ table }) => table === 'filter')?.chains.find(({ name }) => name === 'FORWARD');
  assert.equal(forward?.rules[0]?.target?.name, 'DROP');
  const own = tables.facts.seen('iptables', built.pod('A').scope);
  assert.ok(own.is === 'seen' && own.value[0]?.chains.find(({ name }) => name === 'INPUT')?.rules.length === 1);
});
