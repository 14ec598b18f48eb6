import type { Scope } from '#snapshot/scope';
import { scopeText } from '#snapshot/scope';
import type { World } from '#world/world';

/** Where runtimes bind the namespaces that they make. */
const NAMED = ['/run/netns', '/var/run/netns', '/var/run/docker/netns'] as const;

/** The file of a pod's network namespace on this node: bound by name, or that of a process (`pid-4711`). */
async function namespaceFile(id: string, world: World): Promise<string> {
  if (!/^[\w.-]+$/.test(id) || id.startsWith('.')) throw new Error(`not the name of a network namespace: ${id}`);
  for (const folder of NAMED) if (await world.files.exists(`${folder}/${id}`)) return `${folder}/${id}`;
  const pid = /^pid-?(\d+)$/.exec(id)?.[1];
  if (pid !== undefined && (await world.files.exists(`/proc/${pid}/ns/net`))) return `/proc/${pid}/ns/net`;
  throw new Error(`the network namespace ${id} is not on this node any more`);
}

/** The argv that runs a program in the network namespace of a scope. */
async function entering(scope: Scope, argv: readonly string[], world: World): Promise<readonly string[]> {
  return scope.netns === '' ? argv : ['nsenter', `--net=${await namespaceFile(scope.netns, world)}`, ...argv];
}

/** Runs a program in the network namespace of a scope and returns what it printed; throws with its own words when it fails. */
export async function runIn(scope: Scope, argv: readonly string[], world: World, stdin?: string): Promise<string> {
  const { code, stdout, stderr, timedOut } = await world.run(await entering(scope, argv, world), {
    timeoutMs: 30_000,
    env: { LC_ALL: 'C' },
    ...(stdin === undefined ? {} : { stdin }),
  });
  if (code === 0) return stdout.toString('utf8');
  const why = timedOut ? 'it did not end in time' : stderr.trim() || `it ended with ${code}`;
  throw new Error(`${argv.join(' ')} on ${scopeText(scope)}: ${why}`);
}

/** The same, where a failure is an answer too: what it printed, however it ended. */
export async function endedIn(
  scope: Scope,
  argv: readonly string[],
  world: World,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const { code, stdout } = await world.run(await entering(scope, argv, world), { timeoutMs: 30_000, env: { LC_ALL: 'C' } });
  return { code, said: stdout.toString('utf8') };
}

/** The same: nothing is returned of a failure. */
export async function tryIn(scope: Scope, argv: readonly string[], world: World): Promise<string | undefined> {
  const { code, said } = await endedIn(scope, argv, world);
  return code === 0 ? said : undefined;
}
