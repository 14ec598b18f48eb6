import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** An ordinary user's PATH often lacks these, and ip and iptables live there. */
const ALSO = ['/usr/sbin', '/sbin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/local/bin'];

/** The folders that programs are looked for in, in order. */
export function searchPath(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const own = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  return [...new Set([...own, ...ALSO])];
}

/** Where the first of these programs is, or undefined. */
export function findTool(...names: readonly string[]): string | undefined {
  for (const name of names) {
    for (const folder of searchPath()) {
      const path = join(folder, name);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The iptables backends that this machine has the programs of. */
export function iptablesBackends(): readonly ('legacy' | 'nft')[] {
  return (['legacy', 'nft'] as const).filter((backend) => iptablesProgram(backend) !== undefined);
}

/** The multi-call program of a backend: run under the name `iptables`, `iptables-save` …. */
export const iptablesProgram = (backend: 'legacy' | 'nft'): string | undefined =>
  findTool(`xtables-${backend}-multi`, `iptables-${backend}`);

/** What the lab cannot do without, with the Debian package that brings it. */
export const REQUIRED = [
  { tool: 'ip', package: 'iproute2' },
  { tool: 'bridge', package: 'iproute2' },
  { tool: 'unshare', package: 'util-linux' },
  { tool: 'nsenter', package: 'util-linux' },
  { tool: 'setpriv', package: 'util-linux' },
  { tool: 'mount', package: 'mount' },
] as const;

/** The programs that are missing, each with its package. */
export function missingTools(): readonly string[] {
  const missing = REQUIRED.filter(({ tool }) => findTool(tool) === undefined).map(({ tool, package: from }) => `${tool} (${from})`);
  return iptablesBackends().length === 0 ? [...missing, 'iptables (iptables)'] : missing;
}
