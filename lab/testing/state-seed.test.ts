import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateSeed } from './state-seed.ts';

/** Calls with a folder that has no repository above it; `commit` makes one there, or goes on with it. */
function inFolder(body: (folder: string, commit: (content: string, message: string) => void) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-seed-'));
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=lab', '-c', 'user.email=lab@example.org', ...args], { cwd: folder, stdio: 'ignore' });
  try {
    body(folder, (content, message) => {
      git('init', '-q');
      writeFileSync(join(folder, 'content'), content);
      git('add', 'content');
      git('commit', '-q', '--allow-empty', '-m', message);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const lacksGit = spawnSync('git', ['--version']).status !== 0 && 'git is not here';

test('a state draws the same whoever commits it, and another state something else', { skip: lacksGit }, () => {
  inFolder((folder, commit) => {
    commit('a', 'one');
    const first = stateSeed(folder);
    assert.match(first.seed, /^[0-9a-f]{8}$/);
    commit('a', 'another message, another parent');
    assert.deepEqual(stateSeed(folder), first);
    commit('b', 'another content');
    assert.notEqual(stateSeed(folder).seed, first.seed);
  });
});

test('where nothing was committed chance draws, anew each time, and says so', () => {
  inFolder((folder) => {
    const [one, other] = [stateSeed(folder), stateSeed(folder)];
    assert.match(one.seed, /^[0-9a-f]{8}$/);
    assert.notEqual(one.seed, other.seed);
    assert.match(one.from, /chance/);
  });
});
