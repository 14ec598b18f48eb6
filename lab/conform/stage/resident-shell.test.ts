import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ResidentShell } from './resident-shell.ts';

const shell = new ResidentShell(['sh', '-s']);
after(() => shell.end());

test('each script ends with its own code, and says what it says', async () => {
  assert.deepEqual(await shell.run('echo out; echo wrong >&2; false; echo never'), { code: 1, stdout: 'out\n', stderr: 'wrong\n' });
  assert.deepEqual(await shell.run('set +e; false; echo é; exit 3'), { code: 3, stdout: 'é\n', stderr: '' });
  assert.deepEqual(await shell.run(''), { code: 0, stdout: '', stderr: '' });
});

test('what reads its input finds none, unless the script itself has some', async () => {
  assert.equal((await shell.run('cat; echo after')).stdout, 'after\n');
  const long = 'x'.repeat(200_000);
  assert.equal((await shell.run(`cat <<'E'\n${long}\nE`)).stdout, `${long}\n`);
});

test('nothing of a script is left to the next', async () => {
  await shell.run('set -f; name=value; cd /');
  assert.equal((await shell.run('echo "$name"')).stdout, '\n');
});

test('a script with a mistake, or that kills the shell, is the only one that fails', async () => {
  const { code, stderr } = await shell.run("if then ( '");
  assert.equal(code, 2);
  assert.match(stderr, /[Ss]yntax error/);
  assert.equal((await shell.run('kill -9 $$')).code, 128);
  assert.equal((await shell.run('echo again')).stdout, 'again\n');
});
