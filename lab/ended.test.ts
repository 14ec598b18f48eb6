import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';

/** More than a pipe holds of which nothing is read. */
const LINES = 5000;
const TEXT = 'a line that says that this construct decided';

/** How many lines reach a reader that begins late of a program that says so much at once and then ends so, and its status. */
function heard(ending: string): readonly [number, number] {
  const says = `for (let at = 0; at < ${LINES}; at++) process.stdout.write('${TEXT}\\n'); ${ending}`;
  const shell = '{ "$0" --input-type=module --eval "$1"; echo $? >&2; } | { sleep 0.5; wc -l; }';
  const { stdout, stderr } = spawnSync('sh', ['-c', shell, process.execPath, says], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return [Number(stdout), Number(stderr)];
}

test('a command has said all that it says when it ends, whoever reads it', () => {
  assert.deepEqual(heard("const { ended } = await import('./ended.ts'); ended(3);"), [LINES, 3]);
  assert.ok(heard('process.exit(3)')[0] < LINES, 'without it some is lost');
});
