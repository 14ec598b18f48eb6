import assert from 'node:assert/strict';
import test from 'node:test';
import type { Stack } from '#dataplane/stack';
import { type World, worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { enumerate } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { Run } from './run.ts';
import { either, forwards, OFF_OR_ON, setting, settingNamed, whichever } from './setting.ts';
import { isOn, settingValue } from './setting-on.ts';
import { FRESH } from './state.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope, uplink } = healthy.node('A');
const pod = healthy.pod('A').scope;
const LOOSE = 'net.netfilter.nf_conntrack_tcp_loose';
const MIN_PMTU = 'net.ipv4.route.min_pmtu';

function stackOf(facts: Facts, of = scope): Stack {
  const stack = worldOf(facts).stack(of);
  assert.ok(stack !== undefined);
  return stack;
}

/** The same settings, of a reading that tells some alone. */
function inPart(facts: Facts): Facts {
  const partition = facts.partition('sysctl', scope);
  assert.ok(partition !== undefined);
  return facts.with({ ...partition, covers: [] });
}

const dropped = healthy.drop('sysctl', scope, ({ name }) => name === LOOSE).facts;
const unread = healthy.without('sysctl', scope).facts;

test('a setting that was not read is not known; one that a kernel does not have is as it is without', () => {
  assert.deepEqual(setting(stackOf(dropped), LOOSE), { is: 'seen', value: 1, by: [] });
  assert.deepEqual(setting(stackOf(dropped), 'net.ipv4.vs.conntrack'), { is: 'seen', value: 0, by: [] });
  for (const facts of [unread, inPart(dropped)]) {
    const asked = setting(stackOf(facts), LOOSE);
    assert.equal(asked.is === 'gap' && asked.gap.detail, `${LOOSE} was not read`);
  }
  const kept = setting(stackOf(inPart(healthy.facts)), LOOSE);
  assert.equal(kept.is === 'seen' && kept.value, 1, 'a reading in part tells what it tells');
});

test('what a namespace does not list is set for the machine, in its first namespace', () => {
  const { facts } = healthy.sysctl(scope, MIN_PMTU, 1000);
  const asked = setting(stackOf(facts, pod), MIN_PMTU);
  assert.ok(asked.is === 'seen' && asked.value === 1000);
  assert.deepEqual(
    asked.by.map((by) => by.scope),
    [scope],
  );
  assert.equal(setting(stackOf(unread, pod), MIN_PMTU).is, 'gap', 'where that was not read');
});

test('a device whose settings were read has those of its kernel; of one that came later nothing is known', () => {
  assert.deepEqual(settingNamed(stackOf(healthy.facts), 4, uplink, 'arp_filter'), { is: 'seen', value: 0, by: [] });
  assert.equal(settingNamed(stackOf(healthy.facts), 4, 'late0', 'arp_filter').is, 'gap');
  assert.equal(settingNamed(stackOf(healthy.facts), 6, uplink, 'proxy_ndp').is, 'gap');
  const on = healthy.sysctl(scope, 'net.ipv4.conf.all.arp_filter', 1).facts;
  assert.equal(either(stackOf(on), 'late0', 'arp_filter').is, 'seen', 'what is on for all is on');
  assert.equal(forwards(stackOf(healthy.facts), 'late0', 4).is, 'seen', 'ip_forward sets all');
});

/** What comes of asking, on each way. */
const ways = <T>(facts: Facts, ask: (run: Run, stack: Stack) => T): readonly (readonly [T, number | null])[] => {
  const world: World = worldOf(facts);
  const { branches } = enumerate((chooser) => ask(new Run(world, chooser, FRESH), stackOf(facts)));
  return branches.map(({ result, probability }) => [result, probability]);
};

test('both ways are walked where a setting was not read, with its gap and no probability', () => {
  const ask = (run: Run, stack: Stack): boolean => isOn(run, stack, setting(stack, LOOSE), 'it matters');
  assert.deepEqual(ways(healthy.facts, ask), [[true, 1]]);
  assert.deepEqual(ways(unread, ask), [
    [true, null],
    [false, null],
  ]);
  const twice = (run: Run, stack: Stack): number => [1, 2].filter(() => ask(run, stack)).length;
  assert.deepEqual(
    ways(unread, twice).map(([on]) => on),
    [2, 0],
    'one setting is one thing',
  );
  const values = (run: Run, stack: Stack): number => settingValue(run, stack, setting(stack, MIN_PMTU), [552, 400], 'it matters');
  assert.deepEqual(
    ways(unread, values).map(([value]) => value),
    [552, 400],
  );
});

test('what follows from each value alike is known, whichever it has', () => {
  const asked = setting(stackOf(unread), LOOSE);
  assert.deepEqual(
    whichever(asked, OFF_OR_ON, () => 'same'),
    { is: 'seen', value: 'same' },
  );
  assert.equal(
    whichever(asked, OFF_OR_ON, (value) => value),
    asked,
  );
});
