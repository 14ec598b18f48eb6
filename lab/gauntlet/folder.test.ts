import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

const RUN = `import { folderOfRun } from '${new URL('folder.ts', import.meta.url).href}';
console.log(folderOfRun());
setTimeout(() => {}, 60_000);`;

/** A process that has made its folder and waits, ended by a signal; the answer is the folder. */
async function ended(signal: NodeJS.Signals): Promise<string> {
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', RUN], { stdio: ['ignore', 'pipe', 'inherit'] });
  const folder = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  assert.ok(existsSync(folder));
  child.kill(signal);
  await new Promise((resolve) => child.once('close', resolve));
  return folder;
}

test('a run that is told to end takes its folder along, what a killed one leaves goes with the next', async () => {
  const left = await ended('SIGKILL');
  assert.ok(existsSync(left));
  const own = await ended('SIGTERM');
  assert.deepEqual([left, own].filter(existsSync), []);
});
