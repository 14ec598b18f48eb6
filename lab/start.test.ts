import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { labTest } from './testing/lab-test.ts';

const START = fileURLToPath(new URL('../bin/start.js', import.meta.url));

/** Processes that carry a mark in their environment. */
function marked(mark: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

async function until(ms: number, holds: () => boolean): Promise<boolean> {
  const end = Date.now() + ms;
  while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  return holds();
}

labTest('a story that is killed from the top leaves no process behind', async () => {
  // FORCE_COLOR is handed on to the lab, so it can carry a mark that tells this run's processes from any other's.
  const mark = `1000${process.pid}`;
  const child = spawn(process.execPath, [START], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, FORCE_COLOR: mark } });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  assert.ok(await until(200_000, () => said.includes('2. The fault')), said);
  assert.ok(marked(`FORCE_COLOR=${mark}`).length > 3);
  child.kill('SIGKILL');
  assert.ok(await until(30_000, () => marked(`FORCE_COLOR=${mark}`).length === 0), 'processes are left');
});
