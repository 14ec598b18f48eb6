import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CONFORM = fileURLToPath(new URL('../conform.ts', import.meta.url));
/** So much of what was said last stands in a failure, after so much of what did not agree. */
const LAST_WORDS = 3000;
const DISAGREEMENTS = 6000;

/** Plays `npm run conform` with these arguments, says what it says, and fails where it fails. */
export async function conforms(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--no-warnings', CONFORM, '--shrink', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  const disagreed = said.split('\n').filter((line) => line.startsWith('✘'));
  assert.equal(code, 0, `${disagreed.join('\n').slice(0, DISAGREEMENTS)}\n…\n${said.slice(-LAST_WORDS)}`);
}
