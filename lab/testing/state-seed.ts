import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A seed, and where it comes from in words. */
export type Seed = { readonly seed: string; readonly from: string };

/**
 * The seed of the state that is tested: the first digits of its tree's hash. So each state draws what nobody chose, whoever has it draws
 * the same again, and what changes a commit alone (its message, its parents) changes no draw. What is not committed is not in it. Where
 * there is no git, as in an unpacked archive, nobody knows the state, and chance draws.
 */
export function stateSeed(folder: string = ROOT): Seed {
  try {
    const hash = execFileSync('git', ['rev-parse', '--short=8', 'HEAD^{tree}'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { seed: hash.trim(), from: 'the committed tree' };
  } catch {
    return { seed: randomBytes(4).toString('hex'), from: 'chance, as git tells of no commit here' };
  }
}
