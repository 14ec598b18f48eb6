import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { guestCapturer } from './capturer.ts';

/** A capture of a machine without namespaces, by a guest that needs so many seconds for each; how often it was asked. */
async function captured(seconds: readonly number[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-capturer-'));
  let [now, asked] = [0, 0];
  const run = async (program: string, args: readonly string[]) => {
    if (args[0] === '-c') return { code: 0, stdout: '', stderr: '' };
    now += 1000 * (seconds[asked++] ?? 0);
    return {
      code: 0,
      stdout: `leadline-capture 1 ${program}-00001\n${program}-00001 tool 0.0.0\n${program}-00001 node lab\n${program}-00001 done\n`,
      stderr: '',
    };
  };
  try {
    await (await guestCapturer({ run }, () => now)).ask(join(folder, 'capture'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return asked;
}

test('a capture that the script has cut short is taken again', async () => {
  assert.equal(await captured([5]), 1);
  assert.equal(await captured([61, 70, 30]), 3);
});

test('a guest that never gets through with one is judged by none', async () => {
  await assert.rejects(captured([61, 61, 61, 5]), /too busy: each of 3 captures/);
});
