import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import { cluster } from '#testing/world-builder';
import { forced } from '#sim/clock/choice';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf, trace } from '../trace.ts';

const healthy = cluster({ nodes: 2 });
const { scope } = healthy.node('A');
const partly = healthy.without('conntrack', scope);

/** How often an echo out of A is lost, with its table so full, and what was counted at two looks. */
function lost(count: number, counted?: { readonly drop: number; readonly early_drop?: number }) {
  const full = partly.sysctl(scope, 'net.netfilter.nf_conntrack_count', count).sysctl(scope, 'net.netfilter.nf_conntrack_max', 1000);
  const partition = full.facts.partition('counter', scope);
  assert.ok(partition !== undefined);
  const facts = (values: object): readonly FactOf<'counter'>[] =>
    Object.entries(values).map(([name, value], at) => ({
      name: `conntrack.${name}`,
      value: Number(value),
      origin: { file: 'stats', line: at + 1 },
    }));
  const looks = [{ drop: 0, early_drop: 0 }, counted ?? {}].map((values, at) => ({ look: at + 1, at, facts: facts(values) }));
  const world = worldOf(counted === undefined ? full.facts : full.facts.with({ ...partition, facts: facts(counted), looks }));
  const { outcomes } = trace(world, { from: healthy.pod('A').scope, to: healthy.pod('B').address, protocol: 'icmp' });
  return outcomes.map(({ works, probability }) => `${works} ${probability}`).sort();
}

test('a table that drops packets and sweeps nothing refuses every new connection', () => {
  assert.deepEqual(lost(1000, { drop: 7, early_drop: 0 }), ['no 1']);
  assert.deepEqual(lost(960, { drop: 7, early_drop: 0 }), ['no 1'], 'entries come and go at its limit');
});

test('one that finds an entry to sweep now and then refuses the others', () => {
  assert.deepEqual(lost(1000, { drop: 3, early_drop: 1 }), ['no 0.75', 'yes 0.25']);
});

test('one that always finds an entry, or has room, refuses none', () => {
  assert.deepEqual(lost(1000, { drop: 0, early_drop: 4 }), ['yes 1']);
  assert.deepEqual(lost(900, { drop: 7, early_drop: 0 }), ['yes 1']);
});

test('of one that nobody counted at two looks it is not known', () => {
  assert.deepEqual(lost(1000), ['unknown 1']);
  assert.deepEqual(lost(960, { drop: 7 }), ['unknown 1'], 'how many entries made room was not counted');
});

test('what would be INVALID takes room too before that is told, and a table without any drops it (init_conntrack)', () => {
  const full = healthy.sysctl(scope, 'net.netfilter.nf_conntrack_count', 1000).sysctl(scope, 'net.netfilter.nf_conntrack_max', 1000);
  const built = full.sysctl(scope, 'net.netfilter.nf_conntrack_tcp_loose', 0);
  for (const flags of [
    { syn: false, ack: true },
    { syn: true, fin: true, ack: false },
    { syn: true, ack: true },
  ]) {
    const ends = [healthy, built].map(({ facts }) => {
      const world = worldOf(facts);
      const packet = packetOf(world, { from: scope, to: healthy.node('B').address, protocol: 'tcp', port: 80, sport: 20000 });
      const tcp = { fin: false, rst: false, ...flags };
      return send(world, scope, { ...packet, tcp }, FRESH, forced(new Map()), 0).reason.code === 'NETFILTER_DROP';
    });
    assert.deepEqual(ends, [false, true], JSON.stringify(flags));
  }
});
