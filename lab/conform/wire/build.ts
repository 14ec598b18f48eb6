import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, cacheKey } from '../../cache/once.ts';
import { cachePlace } from '../../cache/place.ts';
import type { Program } from '../../real/build-flanneld.ts';
import { run } from '../../world/command.ts';

const SOURCES = import.meta.dirname;
const LIMIT_MS = 300_000;

/** The static program that sends packets and tells where they were seen; built from the sources beside this file, once. */
export async function buildWire(): Promise<Program> {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0) return { is: 'missing', reason: 'the sender is built with go, and there is no go on the PATH' };
  const texts = globSync('*.{go,mod}', { cwd: SOURCES })
    .sort()
    .map((name) => readFileSync(join(SOURCES, name), 'utf8'));
  const place = join(cachePlace(), 'go', `wire-${cacheKey(go.stdout.trim(), ...texts)}`);
  try {
    return { is: 'ready', path: join(await buildOnce(place, compile), 'wire') };
  } catch (error) {
    return { is: 'missing', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function compile(draft: string): Promise<void> {
  const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', join(draft, 'wire'), '.'];
  const { code, stderr } = await run('go', args, {
    cwd: SOURCES,
    timeoutMs: LIMIT_MS,
    env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
  });
  if (code !== 0) throw new Error(`go build: exit ${code}: ${stderr.trim().slice(-2000)}`);
}
