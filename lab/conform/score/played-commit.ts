import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** What a run itself writes. */
const WRITTEN = ['docs/fidelity.md', 'lab/conform/score/runs.json'];

/** The commit of a checkout (this one), with a + where other files differ than those that a run writes; nothing where there is none. */
export async function playedCommit(root = ROOT): Promise<string | undefined> {
  const git = async (...args: readonly string[]): Promise<string> => (await promisify(execFile)('git', args, { cwd: root })).stdout.trim();
  try {
    const changed = await git('status', '--porcelain', '--', '.', ...WRITTEN.map((path) => `:!${path}`));
    return `${await git('rev-parse', '--short=8', 'HEAD')}${changed === '' ? '' : '+'}`;
  } catch {
    return undefined;
  }
}
