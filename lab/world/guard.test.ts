import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { labTest } from '../testing/lab-test.ts';

const HOLD = fileURLToPath(new URL('../testing/hold.ts', import.meta.url));

/** Processes of this machine that live in one of these network namespaces. */
function living(namespaces: readonly string[]): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && namespaces.includes(readlinkSync(`/proc/${pid}/ns/net`));
    } catch {
      return false;
    }
  });
}

async function goneWithin(ms: number, namespaces: readonly string[]): Promise<readonly string[]> {
  const until = Date.now() + ms;
  while (living(namespaces).length > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  return living(namespaces);
}

labTest('when the top process is killed, no process and so no namespace of the lab is left', async () => {
  const top = spawn(process.execPath, ['--no-warnings', HOLD], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: top.stdout });
  const [line] = await once(lines, 'line');
  const namespaces: readonly string[] = JSON.parse(String(line));
  assert.equal(new Set(namespaces).size, namespaces.length);
  assert.ok(living(namespaces).length > 10, 'machines, flannelds and etcd are running');
  top.kill('SIGKILL');
  assert.deepEqual(await goneWithin(30_000, namespaces), []);
});
