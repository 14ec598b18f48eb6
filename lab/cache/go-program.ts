import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, cacheKey } from './once.ts';
import { cachePlace } from './place.ts';

/** A program that the lab can start, or why it cannot. */
export type Program = { readonly is: 'ready'; readonly path: string } | { readonly is: 'missing'; readonly reason: string };

/** What is built with go through its module proxy: a wrapper module pins every version. */
export interface GoProgram {
  readonly name: string;
  /** The folder of the wrapper module. */
  readonly module: string;
  readonly package: string;
  /** The module's files that the program depends on. */
  readonly sources: readonly string[];
  readonly ldflags?: readonly string[];
  /** Without C, so that it runs wherever it is copied to. */
  readonly isStatic?: boolean;
  /** Who builds it, for those who look for it in vain. */
  readonly command: string;
}

const LIMIT_MINUTES = 20;

/** The program, if it was built before: nothing is fetched or compiled. */
export function lookUpProgram(program: GoProgram): Program {
  const place = placeOf(program);
  if (place.is === 'missing') return place;
  const path = join(place.path, program.name);
  return existsSync(path) ? { is: 'ready', path } : { is: 'missing', reason: `${program.name} is not built yet: ${program.command}` };
}

/** Builds the program unless it was; a cold build takes minutes. */
export async function buildProgram(program: GoProgram): Promise<Program> {
  const place = placeOf(program);
  if (place.is === 'missing') return place;
  try {
    const built = await buildOnce(place.path, (draft) => compile(program, draft));
    return { is: 'ready', path: join(built, program.name) };
  } catch (error) {
    return { is: 'missing', reason: error instanceof Error ? error.message : String(error) };
  }
}

function placeOf({ name, module, sources, ldflags = [] }: GoProgram): Program {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0) return { is: 'missing', reason: `${name} is built with go, and there is no go on the PATH` };
  const inputs = sources.map((source) => readFileSync(join(module, source), 'utf8'));
  return { is: 'ready', path: join(cachePlace(), 'go', `${name}-${cacheKey(go.stdout.trim(), ...inputs, ...ldflags)}`) };
}

function compile({ name, module, package: of, ldflags = [], isStatic = false }: GoProgram, draft: string): Promise<void> {
  // -trimpath and no VCS stamp: the same inputs give the same program wherever the project lies.
  const linked = ldflags.length === 0 ? [] : ['-ldflags', ldflags.join(' ')];
  const args = ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', ...linked, '-o', join(draft, name), of];
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...(isStatic ? { CGO_ENABLED: '0' } : {}) };
    const child = spawn('go', args, { cwd: module, stdio: ['ignore', 'ignore', 'pipe'], timeout: LIMIT_MINUTES * 60_000, env });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => (code === 0 ? resolve() : reject(new Error(whyNot(code, signal, said.trim())))));
  });
}

/** Why a build gave nothing: one that was stopped says nothing of it by itself. */
function whyNot(code: number | null, signal: NodeJS.Signals | null, said: string): string {
  if (signal === null) return `go build: exit ${code}: ${said}`;
  return `go build: ended by ${signal}; it may take ${LIMIT_MINUTES} minutes (what it compiled is kept: the next one goes on from there)`;
}
