import assert from 'node:assert/strict';
import test from 'node:test';
import { setSysctl } from '#actions/sysctl/preview';
import { onNode } from '#snapshot/scope';
import { type SmallWorld, smallWorld, type Wanted } from '#testing/small-world';
import { main } from '../main.ts';
import type { Journal } from './journal.ts';

const JOURNAL = 'run/journal.json';
const [ID, OTHER_ID] = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'];
const [D_MAC, OTHER_MAC] = ['52:54:00:00:00:0d', '52:54:00:00:00:01'];
const CALICO_MAC = 'ee:ee:ee:ee:ee:ee';

const { format, fault, subject, ...plan }: Omit<Journal, 'version' | 'machine' | 'boot'> = {
  format: 'leadline-journal',
  fault: 'ip-forward-off',
  subject: 'node/D',
  node: 'D',
  started: 0,
  steps: [
    { action: setSysctl(onNode('D'), 'net.one', '10'), state: 'done', undo: { value: '1' } },
    { action: setSysctl(onNode('D'), 'net.two', '20'), state: 'planned', undo: null },
  ],
};

/** The journal of a plan that was cut off on D after its first step. */
const begun = (machine: Journal['machine']): unknown => ({ format, fault, subject, ...plan, version: 2, machine });
const D = { id: ID, macs: [CALICO_MAC, D_MAC], hostname: 'd.example.org' };
/** As it was written before it told the machine. */
const FIRST = { format, fault, subject, ...plan, version: 1 };

/** A machine with devices, and perhaps an id, to which a journal was brought. */
function machine(journal: unknown, wanted: Wanted): SmallWorld {
  const world = smallWorld({ settings: { 'net.one': '10', 'net.two': '2' }, ...wanted });
  world.content.set(JOURNAL, Buffer.from(JSON.stringify(journal)));
  return world;
}

/** Both ways out of a cut-off plan: neither does anything, and the journal stays as it was. */
async function refused(journal: unknown, who: Wanted, why: RegExp, ...args: readonly string[]): Promise<void> {
  for (const way of ['--undo', '--resume']) {
    const world = machine(journal, who);
    assert.equal(await main(['fix', way, '--journal', JOURNAL, ...args], world), 1, way);
    assert.match(world.noted(), why);
    assert.match(world.noted(), /nothing was done with the plan in run\/journal\.json/);
    assert.doesNotMatch(world.noted(), /please report/);
    assert.deepEqual(
      world.ran.filter(([program]) => program !== 'ip'),
      [],
    );
    assert.equal(world.content.get(JOURNAL)?.toString(), JSON.stringify(journal));
  }
}

async function performed(journal: unknown, who: Wanted, ...args: readonly string[]): Promise<void> {
  for (const [way, after] of [
    ['--undo', { 'net.one': '1', 'net.two': '2' }],
    ['--resume', { 'net.one': '10', 'net.two': '20' }],
  ] as const) {
    const world = machine(journal, who);
    assert.equal(await main(['fix', way, '--journal', JOURNAL, ...args], world), 0, world.noted());
    assert.deepEqual(Object.fromEntries(world.settings), after);
    assert.equal(world.content.has(JOURNAL), false);
  }
}

test('a journal that was copied to another machine is not performed there, whatever that one is called', async () => {
  const why = /not the D on which it was begun \(its machine-id is fedc\w+, and that of D was 0123\w+\); run it there, and .* move it away/;
  for (const hostname of ['laptop', 'D', 'd.example.org'])
    await refused(begun(D), { hostname, id: OTHER_ID, macs: [OTHER_MAC, D_MAC] }, why);
  await refused(begun(D), { hostname: 'laptop', id: OTHER_ID }, why, '--node', 'D');
});

test('a clone with the same machine-id is told by its devices, of which Calico gives every node the same', async () => {
  await refused(begun(D), { hostname: 'D', id: ID, macs: [CALICO_MAC, OTHER_MAC] }, /none of its devices has a MAC that D had/);
});

test('where nothing tells who a machine is, its name must do', async () => {
  const unknown = { id: null, macs: [], hostname: 'd.example.org' };
  await refused(begun(unknown), { hostname: 'laptop' }, /it is called laptop, and neither a machine-id nor a device tells that it is D/);
  await performed(begun(unknown), { hostname: 'd.example.org' });
  await performed(begun(unknown), { hostname: 'D' });
});

test('on the machine where it was begun a plan goes on and back, though that is called otherwise by now', async () => {
  await performed(begun(D), { hostname: 'renamed', id: ID, macs: [OTHER_MAC, D_MAC] });
  await performed(begun(D), { hostname: 'renamed', id: ID });
});

test('a journal of an earlier Leadline, which tells no machine, is performed only where it is said that this is its node', async () => {
  await refused(
    FIRST,
    { hostname: 'D', id: ID },
    /an earlier Leadline wrote it, .* where this is D, say so with --node D, else move it away/,
  );
  await performed(FIRST, { hostname: 'D', id: ID }, '--node', 'D');
});

test('a journal of another node than the one that is named is not performed', async () => {
  for (const journal of [begun(D), FIRST])
    await refused(journal, { hostname: 'D', id: ID }, /it is for D, and --node says that this is A/, '--node', 'A');
});

test('once it was said whose a journal is, it tells its machine', async () => {
  const world = machine(FIRST, { hostname: 'D', id: ID, macs: [D_MAC], fails: (line) => line === 'sysctl -w net.two=20' });
  assert.equal(await main(['fix', '--resume', '--node', 'D', '--journal', JOURNAL], world), 1);
  const kept = JSON.parse(world.content.get(JOURNAL)?.toString() ?? '') as Journal;
  assert.deepEqual([kept.version, kept.machine], [2, { id: ID, macs: [D_MAC], hostname: 'D' }]);
});

const BOOT = '/proc/sys/kernel/random/boot_id';

test('a plan that a restart of the machine cut off does not go on, for its first steps are gone; it goes back, and says so', async () => {
  const journal = { ...(begun(D) as Journal), boot: 'before' };
  const started = (boot: string): SmallWorld => {
    const world = machine(journal, { hostname: 'D', id: ID, macs: [D_MAC] });
    world.content.set(BOOT, Buffer.from(`${boot}\n`));
    return world;
  };
  const since = started('since');
  assert.equal(await main(['fix', '--resume', '--journal', JOURNAL], since), 1);
  assert.match(
    since.noted(),
    /started again since, .* gone; `leadline fix --undo --journal run\/journal\.json` takes back what stayed, then capture again/,
  );
  assert.deepEqual(Object.fromEntries(since.settings), { 'net.one': '10', 'net.two': '2' });
  assert.equal(await main(['fix', '--undo', '--journal', JOURNAL], since), 0);
  assert.match(since.noted(), /started again since: what the plan told the kernel, and not a file, may be gone already/);
  const same = started('before');
  assert.equal(await main(['fix', '--resume', '--journal', JOURNAL], same), 0, same.noted());
});
