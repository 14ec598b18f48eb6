import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stateSeed } from './testing/state-seed.ts';
import { labAllowed } from './world/allowed.ts';

const GAUNTLET = fileURLToPath(new URL('./gauntlet.ts', import.meta.url));
/** On two processors that do nothing else all jobs have started by then; a slower machine names those that have not. */
const SECONDS = '420';
const LIMIT_MS = 1_000_000;

/**
 * The draw of the state that is tested: each state plays what nobody chose. LEADLINE_GAUNTLET=fresh draws by chance, LEADLINE_SEED that
 * seed; what fails then is kept, and stands among the jobs from then on.
 */
function seedOf({ LEADLINE_SEED: named, LEADLINE_GAUNTLET: which }: NodeJS.ProcessEnv): readonly string[] {
  if (which !== 'fresh' && named === undefined) return ['--seed', stateSeed()];
  return ['--keep', ...(named === undefined ? [] : ['--seed', named])];
}

/** Every fault with a twin, its mend and what the mend's preview told, and the mend taken back; pairs; sources removed. */
test('faults are found, proved and told from their twins, and mended as their previews told', { timeout: LIMIT_MS }, async (context) => {
  const allowed = await labAllowed();
  if (!allowed.allowed && process.env['LEADLINE_LAB'] !== 'required') return context.skip(`no lab here: ${allowed.reason}`);
  const child = spawn(process.execPath, ['--no-warnings', GAUNTLET, '--ci', '--undo', '--seconds', SECONDS, ...seedOf(process.env)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, said.slice(-2000));
});
