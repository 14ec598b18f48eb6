import { fileURLToPath } from 'node:url';
import { COMPONENTS_VARIABLE } from './world/components.ts';
import { spawnGuarded } from './world/guard.ts';

const MARK = 'LEADLINE_LAB_INSIDE';

/** Whether this process is in the lab's own namespaces. */
export const isInside = (): boolean => process.env[MARK] === '1';

/** Runs this very script again in guarded namespaces, with the same arguments; the answer is its exit code. */
export function enterLab(script: string, args: readonly string[]): Promise<number> {
  const more = { [MARK]: '1', ...kept() };
  const child = spawnGuarded(process.execPath, ['--no-warnings', fileURLToPath(script), ...args], 'inherit', more);
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal === 'SIGINT' ? 'SIGKILL' : signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => pass('SIGINT'));
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** What of the caller's environment decides how the lab speaks. */
export function kept(): NodeJS.ProcessEnv {
  const names = [
    'NO_COLOR',
    'FORCE_COLOR',
    'CI',
    'COLUMNS',
    'LANG',
    'LC_ALL',
    'LEADLINE_LAB',
    'LEADLINE_CLI',
    'LEADLINE_NODE',
    COMPONENTS_VARIABLE,
  ];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
