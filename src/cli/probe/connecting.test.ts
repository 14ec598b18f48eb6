import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { connecting, type Target } from './connecting.ts';

/** An address that answers, one that refuses and one that nobody can reach, in that order. */
async function asked(say: (targets: readonly Target[]) => readonly string[]): Promise<string> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const [program = '', ...args] = say([
    { address: '127.0.0.1', port },
    { address: '127.0.0.1', port: 1 },
    { address: '255.255.255.255', port: 80 },
  ]);
  const { stdout } = await promisify(execFile)(program, args).finally(() => server.close());
  return stdout;
}

test('a process of its own says how each address answered, in order', async () => {
  assert.equal(await asked(connecting), 'connected\nrefused\nunreachable\n');
});

test('so it does out of a bundle, in which names are others', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'connecting-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, 'connecting.mjs');
  await build({
    entryPoints: [new URL('./connecting.ts', import.meta.url).pathname],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  const bundled: { readonly connecting: typeof connecting } = await import(outfile);
  assert.equal(await asked(bundled.connecting), 'connected\nrefused\nunreachable\n');
});
