import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { recordedCaptures, type SmallWorld, smallWorld } from '#testing/small-world';
import { main } from '../main.ts';
import { nodeWorld } from '../node-world.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'leadline-journal-'));
});
after(() => rmSync(folder, { recursive: true }));

/** A world whose journal is on this machine's own disk, and D's forwarding off. */
async function onDisk(answers: readonly string[] = []): Promise<{ readonly world: SmallWorld; readonly args: readonly string[] }> {
  const world = smallWorld({ settings: { 'net.ipv4.ip_forward': '0' }, env: { HOME: '/root' }, answers });
  const paths = await recordedCaptures(world, 'healthy', [
    {
      node: 'D',
      file: 'nodes/D/sysctl_-a',
      to: (text) => text.replaceAll(/^(net\.ipv4\.(?:ip_forward|conf\..*\.forwarding)) = 1$/gm, '$1 = 0'),
    },
  ]);
  const real = nodeWorld().files;
  const own = (path: string): typeof real => (path.startsWith(folder) ? real : world.files);
  const files: typeof real = {
    ...world.files,
    read: (path) => own(path).read(path),
    write: (path, ...content) => own(path).write(path, ...content),
    exists: (path) => own(path).exists(path),
    remove: (path) => own(path).remove(path),
    refusal: async (path) => real.refusal?.(path),
  };
  return { world: { ...world, files }, args: [...paths, '--fault', 'ip-forward-off', '--apply'] };
}

test('where the journal cannot be kept nothing is done or asked, and the folder, the reason and the way out are said', async () => {
  writeFileSync(join(folder, 'taken'), 'a file in the place of the folder\n');
  for (const more of [['--yes'], []]) {
    const { world, args } = await onDisk();
    const journal = join(folder, 'taken', 'journal.json');
    assert.equal(await main(['fix', ...args, ...more, '--journal', journal], world), 1, world.noted());
    assert.match(
      world.noted(),
      new RegExp(
        `nothing was done: a plan is noted in ${journal} .*the folder ${folder}/taken cannot take it: (file already exists|not a directory); name a file that can be written: --journal /root/leadline-journal.json`,
      ),
    );
    assert.doesNotMatch(world.noted(), /type D to go on|please report/);
    assert.deepEqual(
      world.ran.filter(([program]) => program === 'sysctl'),
      [],
    );
    assert.deepEqual(Object.fromEntries(world.settings), { 'net.ipv4.ip_forward': '0' });
  }
});

test('nothing is made on disk before the operator agrees', async () => {
  const journal = join(folder, 'new', 'deep', 'journal.json');
  const other = await onDisk(['d']);
  assert.equal(await main(['fix', ...other.args, '--journal', journal], other.world), 3);
  assert.match(other.world.noted(), /type D to go on[^\n]*\nnothing was done/);
  assert.equal(existsSync(join(folder, 'new')), false);
  const { world, args } = await onDisk(['D']);
  assert.equal(await main(['fix', ...args, '--keep-journal', '--journal', journal], world), 0, world.noted());
  assert.equal(existsSync(journal), true);
});

test('what only writing tells is said when the operator has agreed, and nothing is done', async () => {
  const { world, args } = await onDisk(['D']);
  const journal = join(folder, 'j'.repeat(255));
  assert.equal(await main(['fix', ...args, '--journal', journal], world), 1);
  assert.match(world.noted(), /nothing was done: a plan is noted in .* cannot take it: name too long/);
  assert.deepEqual(Object.fromEntries(world.settings), { 'net.ipv4.ip_forward': '0' });
});

test('where it can be kept nothing but the journal is left beside it', async () => {
  const { world, args } = await onDisk();
  const journal = join(folder, 'free', 'journal.json');
  assert.equal(await main(['fix', ...args, '--yes', '--keep-journal', '--journal', journal], world), 0, world.noted());
  assert.deepEqual(readdirSync(join(folder, 'free')), ['journal.json']);
});

test('a plan whose journal can no longer be written is neither taken back nor gone on with', async () => {
  const { world, args } = await onDisk();
  const short = join(folder, 'journal.json');
  assert.equal(await main(['fix', ...args, '--yes', '--keep-journal', '--journal', short], world), 0, world.noted());
  const journal = join(folder, 'j'.repeat(255)); // no file with a longer name can stand beside it
  copyFileSync(short, journal);
  for (const way of ['--undo', '--resume']) {
    assert.equal(await main(['fix', way, '--journal', journal], world), 1);
    assert.match(world.noted(), /how far it comes could not be noted \(the folder .* cannot take it: name too long\); copy it/);
  }
  assert.deepEqual(Object.fromEntries(world.settings), { 'net.ipv4.ip_forward': '1' });
  assert.equal(await main(['fix', '--undo', '--journal', short], world), 0, world.noted());
  assert.deepEqual(Object.fromEntries(world.settings), { 'net.ipv4.ip_forward': '0' });
});
