import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { labAllowed } from '../world/allowed.ts';
import { stateSeed } from './state-seed.ts';

const GAUNTLET = fileURLToPath(new URL('../gauntlet.ts', import.meta.url));

/**
 * The draw of the state that is tested: each state plays what nobody chose. LEADLINE_GAUNTLET=fresh draws by chance, LEADLINE_SEED that
 * seed; what fails then is kept, and stands among the jobs from then on.
 */
function seedOf({ LEADLINE_SEED: named, LEADLINE_GAUNTLET: which }: NodeJS.ProcessEnv): readonly string[] {
  if (which !== 'fresh' && named === undefined) return ['--seed', stateSeed()];
  return ['--keep', ...(named === undefined ? [] : ['--seed', named])];
}

/** Plays one part of CI's gauntlet; what had not started in its time is told. */
export async function playGauntlet(context: TestContext, part: 'found' | 'mended', seconds: number): Promise<void> {
  const allowed = await labAllowed();
  if (!allowed.allowed && process.env['LEADLINE_LAB'] !== 'required') return context.skip(`no lab here: ${allowed.reason}`);
  const args = ['--ci', '--undo', '--part', part, '--seconds', String(seconds), ...seedOf(process.env)];
  const child = spawn(process.execPath, ['--no-warnings', GAUNTLET, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, said.slice(-2000));
}
