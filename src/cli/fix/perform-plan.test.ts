import assert from 'node:assert/strict';
import test from 'node:test';
import { setSysctl } from '#actions/sysctl/preview';
import { restartUnit } from '#actions/unit-restart/preview';
import type { Action } from '#change/change';
import { onNode } from '#snapshot/scope';
import { type SmallWorld, smallWorld } from '#testing/small-world';
import type { Journal } from './journal.ts';
import { performPlan, undoPlan } from './perform-plan.ts';

const JOURNAL = 'run/journal.json';
const NODE = onNode('D');
const setting = setSysctl(NODE, 'net.one', '10');
const restart = restartUnit(NODE, 'flanneld');

const planned = (...actions: readonly Action[]): Journal => ({
  format: 'leadline-journal',
  version: 2,
  fault: 'f',
  subject: 'node/D',
  node: 'D',
  machine: { id: null, macs: [], hostname: 'D' },
  boot: null,
  started: 0,
  steps: actions.map((action) => ({ action, state: 'planned', undo: null })),
});

/** A world with one unit; what is written to the kernel ends it where `endsAt` says so, as flanneld ends when its lease goes. */
function withUnit(active: string, endsAt?: string): { readonly world: SmallWorld; readonly unit: { active: string; since: number } } {
  const small = smallWorld({ settings: { 'net.one': '1' } });
  const unit = { active, since: 1 };
  const set = (state: string): string => {
    Object.assign(unit, { active: state, since: unit.since + 1 });
    return '';
  };
  const systemctl = (verb: string): string => {
    if (verb === 'is-active') return unit.active;
    if (verb === 'show') return `ActiveEnterTimestampMonotonic=${unit.since}`;
    return verb === 'daemon-reload' ? '' : set(verb === 'stop' ? 'inactive' : 'active');
  };
  const run: SmallWorld['run'] = async (argv, options) => {
    if (argv.join(' ') === endsAt) unit.active = 'failed';
    if (argv[0] !== 'systemctl') return small.run(argv, options);
    small.ran.push([...argv]);
    return { code: 0, stdout: Buffer.from(systemctl(argv[1] ?? '')), stderr: '', timedOut: false };
  };
  return { world: { ...small, run }, unit };
}

/** What changed something, of all that was run. */
const changes = ({ ran }: SmallWorld): readonly string[] =>
  ran
    .filter(([program, verb = '']) => (program === 'sysctl' ? verb === '-w' : /^(re)?start|stop/.test(verb)))
    .map((argv) => argv.join(' '));

/** Performs a plan, takes it back, and says what the second half changed. */
async function takenBack(world: SmallWorld, ...actions: readonly Action[]): Promise<readonly string[]> {
  const { journal, failedAt, why } = await performPlan(planned(...actions), JOURNAL, world);
  assert.equal(failedAt, null, why);
  const before = changes(world).length;
  assert.equal(await undoPlan(journal, JOURNAL, world), true, world.noted());
  return changes(world).slice(before);
}

test('a unit that has read what is taken back reads it again, after all else', async () => {
  const { world } = withUnit('active');
  assert.deepEqual(await takenBack(world, setting, restart), ['sysctl -w net.one=1', 'systemctl restart flanneld']);
});

test('a restart that stands alone is not followed by another one', async () => {
  const { world } = withUnit('active');
  assert.deepEqual(await takenBack(world, restart), []);
});

test('a unit that did not run is stopped again', async () => {
  const { world, unit } = withUnit('inactive');
  assert.deepEqual(await takenBack(world, setting, restart), ['sysctl -w net.one=1', 'systemctl stop flanneld']);
  assert.equal(unit.active, 'inactive');
});

test('a unit that an earlier step ended runs again, even where the plan was cut off before its restart', async () => {
  const { world, unit } = withUnit('active', 'sysctl -w net.one=10');
  const { journal } = await performPlan(planned(setting, restart), JOURNAL, world);
  const [first, last] = journal.steps;
  assert.ok(first !== undefined && last !== undefined);
  unit.active = 'failed'; // as it was before the last step
  assert.equal(await undoPlan({ ...journal, steps: [first, { ...last, state: 'planned' }] }, JOURNAL, world), true);
  assert.equal(changes(world).at(-1), 'systemctl start flanneld');
  assert.equal(unit.active, 'active');
});

test('a unit that nothing has touched is left alone', async () => {
  const { world } = withUnit('active');
  const { journal } = await performPlan(planned(setting), JOURNAL, world);
  const step = { action: restart, state: 'planned', undo: { active: 'active', since: '1' } } as const;
  assert.equal(await undoPlan({ ...journal, steps: [...journal.steps, step] }, JOURNAL, world), true);
  assert.equal(changes(world).at(-1), 'sysctl -w net.one=1');
});
