import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, cacheKey } from '../cache/once.ts';
import { cachePlace } from '../cache/place.ts';

const WRAPPER = join(import.meta.dirname, 'flanneld');
const PACKAGE = 'github.com/flannel-io/flannel';
const LIMIT_MS = 900_000;

/** A program that the lab can start, or why it cannot. */
export type Program = { readonly is: 'ready'; readonly path: string } | { readonly is: 'missing'; readonly reason: string };

/** The real flanneld, if it was built before: nothing is fetched or compiled. */
export function lookUpFlanneld(): Program {
  const place = placeOfFlanneld();
  if (place.is === 'missing') return place;
  const path = join(place.path, 'flanneld');
  return existsSync(path) ? { is: 'ready', path } : { is: 'missing', reason: 'not built yet: node lab/real/build.ts' };
}

/** Builds the real flanneld from the Go module proxy unless it was; a cold build takes minutes. */
export async function buildFlanneld(): Promise<Program> {
  const place = placeOfFlanneld();
  if (place.is === 'missing') return place;
  try {
    const built = await buildOnce(place.path, compile);
    return { is: 'ready', path: join(built, 'flanneld') };
  } catch (error) {
    return {
      is: 'missing',
      reason: error instanceof Error ? error.message : String(error),
    };
  }
}

function placeOfFlanneld(): Program {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0)
    return {
      is: 'missing',
      reason: 'flanneld is built with go, and there is no go on the PATH',
    };
  const sources = ['go.mod', 'go.sum'].map((name) => readFileSync(join(WRAPPER, name), 'utf8'));
  return {
    is: 'ready',
    path: join(cachePlace(), 'go', `flanneld-${cacheKey(go.stdout.trim(), ...sources)}`),
  };
}

function compile(draft: string): Promise<void> {
  // -trimpath and no VCS stamp: the same inputs give the same program wherever the project lies.
  const args = ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-o', join(draft, 'flanneld'), PACKAGE];
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, {
      cwd: WRAPPER,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: LIMIT_MS,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`go build: exit ${code}: ${said.trim()}`))));
  });
}
