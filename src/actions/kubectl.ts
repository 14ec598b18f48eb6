import type { World } from '#world/world';

const LIMIT_MS = 30_000;
const SHOWN_WORDS = 6;

/** What a call of kubectl printed; what it refuses is an error in its own words. */
export async function kubectl(argv: readonly string[], world: World, timeoutMs = LIMIT_MS): Promise<string> {
  const { code, stdout, stderr } = await world.run([...argv], { timeoutMs });
  if (code !== 0) throw new Error(`${argv.slice(0, SHOWN_WORDS).join(' ')}: ${stderr.trim() || stdout.toString('utf8').trim()}`);
  return stdout.toString('utf8');
}
