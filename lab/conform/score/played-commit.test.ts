import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { playedCommit } from './played-commit.ts';

const NOBODY = [
  '-c',
  'user.name=nobody',
  '-c',
  'user.email=nobody@example.org',
  '-c',
  'commit.gpgsign=false',
  '-c',
  'core.hooksPath=/dev/null',
];
// a hook's GIT_DIR would name the repository that the hook is of
for (const name of Object.keys(process.env).filter((one) => one.startsWith('GIT_'))) delete process.env[name];
const lacksGit = spawnSync('git', ['--version']).status !== 0 && 'git is not here';

test('what was played is the commit, with a + where files differ that no run writes', { skip: lacksGit }, async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'played-'));
  context.after(() => rmSync(root, { recursive: true }));
  const git = (...args: readonly string[]): string => execFileSync('git', [...NOBODY, ...args], { cwd: root, encoding: 'utf8' }).trim();
  const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
  assert.equal(await playedCommit(root), undefined, 'no checkout');
  git('init', '-q');
  assert.equal(await playedCommit(root), undefined, 'no commit yet');
  for (const folder of ['docs', 'lab/conform/score']) mkdirSync(join(root, folder), { recursive: true });
  for (const path of ['docs/fidelity.md', 'lab/conform/score/runs.json', 'model.ts']) write(path, 'before');
  git('add', '.');
  git('commit', '-q', '-m', 'a model');
  const commit = git('rev-parse', '--short=8', 'HEAD');
  assert.equal(await playedCommit(root), commit);
  for (const path of ['docs/fidelity.md', 'lab/conform/score/runs.json']) write(path, 'after');
  assert.equal(await playedCommit(root), commit, 'what a run writes does not count');
  write('scene.ts', 'new');
  assert.equal(await playedCommit(root), `${commit}+`, 'a file that nobody added');
  rmSync(join(root, 'scene.ts'));
  write('model.ts', 'after');
  assert.equal(await playedCommit(root), `${commit}+`);
});
