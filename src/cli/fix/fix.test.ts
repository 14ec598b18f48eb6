import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv } from 'ajv';
import { setSysctl } from '#actions/sysctl/preview';
import { onNode } from '#snapshot/scope';
import { recordedCaptures, type SmallWorld, smallWorld, type Wanted } from '#testing/small-world';
import { main } from '../main.ts';
import type { Journal } from './journal.ts';
import { performPlan, undoPlan } from './perform-plan.ts';

const JOURNAL = 'run/journal.json';
const BEFORE = { 'net.one': '1', 'net.two': '2', 'net.three': '3' };
const AFTER = { 'net.one': '10', 'net.two': '20', 'net.three': '30' };

const planned = (): Journal => ({
  format: 'leadline-journal',
  version: 2,
  fault: 'ip-forward-off',
  subject: 'node/D',
  node: 'D',
  machine: { id: null, macs: [], hostname: 'D' },
  boot: null,
  started: 0,
  steps: Object.entries(AFTER).map(([name, value]) => ({ action: setSysctl(onNode('D'), name, value), state: 'planned', undo: null })),
});

const written = ({ ran }: SmallWorld): readonly string[] => ran.filter(([, verb]) => verb === '-w').map(([, , what = '']) => what);

async function fixing(state: string, args: readonly string[], wanted: Wanted = {}): Promise<{ status: number; world: SmallWorld }> {
  const world = smallWorld(wanted);
  const paths = await recordedCaptures(world, state);
  return { status: await main(['fix', ...paths, '--journal', JOURNAL, ...args], world), world };
}

test('without --apply the plan and its diff are shown, and nothing is run or written', async () => {
  const { status, world } = await fixing('broken', []);
  assert.equal(status, 3);
  assert.match(world.printed(), /\$ env ETCDCTL_API=3 etcdctl \S+ put --lease=\S+ \/coreos\.com\/network\/subnets\/10\.100\.41\.0-24/);
  assert.match(world.printed(), /^ +- \/coreos.*02:de:ad:00:41:2b.*\n +\+ \/coreos/m);
  assert.deepEqual(world.ran, []);
  assert.equal(world.content.has(JOURNAL), false);
});

test('nothing to mend is said, and is no error', async () => {
  const { status, world } = await fixing('healthy', ['--apply', '--yes']);
  assert.equal(status, 0);
  assert.match(world.noted(), /nothing to mend was found/);
  assert.deepEqual(world.ran, []);
});

test('--apply shows what it does here, names the node, and stops at any other answer or none', async () => {
  for (const answers of [['yes'], ['d'], ['']]) {
    const { status, world } = await fixing('broken', ['--apply'], { answers });
    assert.equal(status, 3);
    assert.match(world.noted(), /on D, now:\n {3}\$ env ETCDCTL_API=3 etcdctl/);
    assert.match(world.noted(), /this touches: every peer's flanneld/);
    assert.match(world.noted(), /type D to go on, anything else to stop:\nnothing was done/);
    assert.deepEqual(world.ran, [['ip', '-o', 'link', 'show']], 'it looks whether this machine is D, and no more');
    assert.equal(world.content.has(JOURNAL), false);
  }
  const silent = await fixing('broken', ['--apply'], { answers: [] });
  assert.match(silent.world.noted(), /nothing was done/);
});

test('on a node that the plan does not concern it says where to run it', async () => {
  const { status, world } = await fixing('broken', ['--apply', '--yes', '--node', 'A']);
  assert.equal(status, 3);
  assert.match(world.noted(), /nothing of this plan is done on A; run it on D/);
  assert.deepEqual(world.ran, []);
});

test('a finding that is not chosen is not mended', async () => {
  const { world } = await fixing('broken', ['--apply', '--yes', '--fault', 'ip-forward-off']);
  assert.match(world.noted(), /nothing to mend was found of what was asked for; found: vxlan-vtep-mac-stale lease\/10\.100\.41\.0\/24/);
  assert.deepEqual(world.ran, []);
  const typo = await fixing('broken', ['--fault', 'ip-forward-of']);
  assert.equal(typo.status, 2);
  assert.match(typo.world.noted(), /none is called "ip-forward-of"/);
});

test('a failing first step ends with exit 1, its own words, and no journal left', async () => {
  const { status, world } = await fixing('broken', ['--apply', '--yes'], { fails: () => true });
  assert.equal(status, 1);
  assert.match(world.noted(), /step 1 failed: .+\ntaking back what was done/);
  assert.equal(world.content.has(JOURNAL), false);
});

const OFF = (text: string): string => text.replaceAll(/^(net\.ipv4\.(?:ip_forward|conf\..*\.forwarding)) = 1$/gm, '$1 = 0');

test('one journal keeps one plan: of two the second would overwrite it, and neither is begun', async () => {
  const world = smallWorld({ settings: { 'net.ipv4.ip_forward': '0' } });
  const paths = await recordedCaptures(world, 'broken', [{ node: 'D', file: 'nodes/D/sysctl_-a', to: OFF }]);
  const args = [...paths, '--apply', '--yes', '--keep-journal', '--journal', JOURNAL];
  assert.equal(await main(['fix', ...args], world), 2, world.noted());
  assert.match(
    world.noted(),
    /a journal keeps one plan, and 2 concern D: choose one with --fault and --subject \(.*ip-forward-off node\/D/,
  );
  assert.deepEqual(world.ran, []);
});

/** A capture in which nothing was read: what was captured before stands. */
const EMPTY = Buffer.from('leadline-capture 1 mark-of-a-test\nmark-of-a-test tool 0\nmark-of-a-test node D\nmark-of-a-test done\n');

/** Mends a D that forwards nothing; what is there afterwards is what this capture shows. */
async function mendingForwarding(wanted: Wanted) {
  const world = smallWorld({ settings: { 'net.ipv4.ip_forward': '0' }, ...wanted });
  const paths = await recordedCaptures(world, 'healthy', [{ node: 'D', file: 'nodes/D/sysctl_-a', to: OFF }]);
  return { world, status: await main(['fix', ...paths, '--apply', '--yes', '--journal', JOURNAL, '--fault', 'ip-forward-off'], world) };
}

test('what did not help and cannot be taken back is said, with what to do', async () => {
  const { status, world } = await mendingForwarding({ capture: EMPTY, fails: (line) => line === 'sysctl -w net.ipv4.ip_forward=0' });
  assert.equal(status, 1, world.noted());
  assert.match(
    world.noted(),
    /not everything was taken back: run\/journal\.json says what is left; .*`leadline fix --undo --journal run\/journal\.json` tries again/,
  );
  assert.equal(world.content.has(JOURNAL), true);
});

test('what did not help is taken back, and no journal is left', async () => {
  const { status, world } = await mendingForwarding({ capture: EMPTY });
  assert.equal(status, 3, world.noted());
  assert.match(world.noted(), /done: sysctl -w net\.ipv4\.ip_forward=1\n/);
  assert.match(world.noted(), /✗ real packets: .*\nip-forward-off node\/D is still there: taking it back\n {3}undone: sysctl/);
  assert.deepEqual(Object.fromEntries(world.settings), { 'net.ipv4.ip_forward': '0' });
  assert.equal(world.content.has(JOURNAL), false);
});

test('where this node cannot be captured again the mend stands, and is said to be unverified', async () => {
  const { status, world } = await mendingForwarding({});
  assert.equal(status, 0, world.noted());
  assert.match(world.printed(), /– {2}ip-forward-off node\/D: not verified: D could not be captured again: /);
  assert.deepEqual(Object.fromEntries(world.settings), { 'net.ipv4.ip_forward': '1' });
  assert.doesNotMatch(world.noted(), /please report/);
});

test('the plan as JSON is as its schema says', async () => {
  const { world } = await fixing('broken', ['-o', 'json']);
  const schema = JSON.parse(readFileSync(new URL('../../../docs/schemas/diagnosis.schema.json', import.meta.url), 'utf8'));
  const valid = new Ajv({ allErrors: true, strictTypes: false }).compile(schema);
  assert.ok(valid(JSON.parse(world.printed())), JSON.stringify(valid.errors?.slice(0, 3)));
});

test('a call without captures is a wrong call', async () => {
  const world = smallWorld();
  assert.equal(await main(['fix'], world), 2);
  assert.match(world.noted(), /fix takes archives, or --local/);
});

test('a plan is performed in order; what was there before each step is kept', async () => {
  const world = smallWorld({ settings: BEFORE });
  const { journal, failedAt } = await performPlan(planned(), JOURNAL, world);
  assert.equal(failedAt, null);
  assert.deepEqual(Object.fromEntries(world.settings), AFTER);
  assert.deepEqual(
    journal.steps.map(({ state, undo }) => [state, undo?.value]),
    [
      ['done', '1'],
      ['done', '2'],
      ['done', '3'],
    ],
  );
});

test('a failing step stops the plan, and the earlier ones are taken back last first', async () => {
  const world = smallWorld({ settings: BEFORE, fails: (line) => line === 'sysctl -w net.three=30' });
  const { journal, failedAt, why } = await performPlan(planned(), JOURNAL, world);
  assert.equal(failedAt, 2);
  assert.match(why, /refused: sysctl -w net\.three=30/);
  const done = written(world).length;
  assert.equal(await undoPlan(journal, JOURNAL, world), true);
  assert.deepEqual(written(world).slice(done), ['net.three=3', 'net.two=2', 'net.one=1']);
  assert.deepEqual(Object.fromEntries(world.settings), BEFORE);
  assert.equal(world.content.has(JOURNAL), false);
});

test('what cannot be taken back is said, and stays in the journal', async () => {
  const world = smallWorld({ settings: BEFORE, fails: (line) => line === 'sysctl -w net.two=2' });
  const { journal } = await performPlan(planned(), JOURNAL, world);
  assert.equal(await undoPlan(journal, JOURNAL, world), false);
  assert.match(world.noted(), /could not undo sysctl -w net\.two=20: .*refused/);
  const left = JSON.parse(world.content.get(JOURNAL)?.toString() ?? '') as Journal;
  assert.deepEqual(
    left.steps.map(({ state }) => state),
    ['undone', 'done', 'undone'],
  );
});

/** Every state in which a plan can be killed: after each write of its journal, and after each change of the kernel. */
async function cutOff(): Promise<readonly { readonly journal: Buffer; readonly settings: Readonly<Record<string, string>> }[]> {
  const world = smallWorld({ settings: BEFORE });
  const states: { journal: Buffer; settings: Readonly<Record<string, string>> }[] = [];
  const note = (): void => {
    const journal = world.content.get(JOURNAL);
    if (journal !== undefined) states.push({ journal, settings: Object.fromEntries(world.settings) });
  };
  const { write } = world.files;
  const watched: SmallWorld = {
    ...world,
    files: { ...world.files, write: async (...args) => write(...args).then(note) },
    run: async (argv, options) => {
      const ended = await world.run(argv, options);
      note();
      return ended;
    },
  };
  await performPlan(planned(), JOURNAL, watched);
  return states;
}

test('a plan killed at any point goes on with --resume and back with --undo', async () => {
  const states = await cutOff();
  assert.ok(states.length > 10);
  for (const { journal, settings } of states) {
    for (const [option, wanted] of [
      ['--undo', BEFORE],
      ['--resume', AFTER],
    ] as const) {
      const world = smallWorld({ settings });
      world.content.set(JOURNAL, journal);
      assert.equal(await main(['fix', option, '--journal', JOURNAL], world), 0, world.noted());
      assert.deepEqual(Object.fromEntries(world.settings), wanted, `${option} from ${journal.toString()}`);
      assert.equal(world.content.has(JOURNAL), false);
      assert.match(world.noted(), /^ip-forward-off node\/D on D: \d of 3 steps done/);
    }
  }
});

test('a resumed plan can still be taken back to what was there before the first run', async () => {
  const states = await cutOff();
  for (const { journal, settings } of states) {
    const world = smallWorld({ settings, fails: (line) => line === 'sysctl -w net.three=30' });
    world.content.set(JOURNAL, journal);
    const resumed = await main(['fix', '--resume', '--journal', JOURNAL], world);
    if (resumed === 0) continue; // it was done already
    assert.equal(resumed, 1);
    assert.match(world.noted(), /step 3 failed: .*; `leadline fix --undo --journal run\/journal\.json` goes back/);
    assert.equal(await main(['fix', '--undo', '--journal', JOURNAL], world), 0);
    assert.deepEqual(Object.fromEntries(world.settings), BEFORE);
  }
});

test('a new plan is not begun while one is unfinished: it says how to go on or back', async () => {
  const world = smallWorld();
  const paths = await recordedCaptures(world, 'broken');
  world.content.set(JOURNAL, Buffer.from(JSON.stringify(planned())));
  assert.equal(await main(['fix', ...paths, '--apply', '--yes', '--journal', JOURNAL], world), 2);
  assert.match(
    world.noted(),
    /a plan is unfinished in run\/journal\.json \(ip-forward-off node\/D on D, 0 of 3 steps done\): `leadline fix --resume --journal run\/journal\.json` goes on, `leadline fix --undo --journal run\/journal\.json` goes back/,
  );
  assert.deepEqual(world.ran, []);
  const done = { ...planned(), steps: planned().steps.map((step) => ({ ...step, state: 'done', undo: { value: '1' } })) };
  world.content.set(JOURNAL, Buffer.from(JSON.stringify(done)));
  assert.equal(await main(['fix', ...paths, '--apply', '--yes', '--journal', JOURNAL], world), 2);
  assert.match(
    world.noted(),
    /a plan stands done in run\/journal\.json \(ip-forward-off node\/D on D\): `leadline fix --undo .*` takes it back/,
  );
  assert.deepEqual(world.ran, []);
});

test('no journal, or a broken one, is said without touching anything', async () => {
  const world = smallWorld();
  assert.equal(await main(['fix', '--undo', '--journal', JOURNAL], world), 1);
  assert.match(world.noted(), /no plan is unfinished here \(run\/journal\.json is not there\)/);
  for (const content of [
    '',
    '{',
    '[]',
    '{"format":"leadline-journal","version":1}',
    '{"format":"leadline-journal","version":1,"steps":[{}]}',
    JSON.stringify({ ...planned(), machine: undefined }),
    JSON.stringify({ ...planned(), machine: { id: 7, macs: [], hostname: 'D' } }),
  ]) {
    world.content.set(JOURNAL, Buffer.from(content));
    assert.equal(await main(['fix', '--resume', '--journal', JOURNAL], world), 1, content);
    assert.equal(world.content.get(JOURNAL)?.toString(), content);
  }
  assert.doesNotMatch(world.noted(), /please report/);
});
