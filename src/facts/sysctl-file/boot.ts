import type { Origin } from '#snapshot/origin';
import type { SysctlFile } from './sysctl-file.ts';

/** What boot will set, and the line that decides it. */
export type BootSetting = { readonly value: string; readonly path: string; readonly line: number; readonly origin: Origin };

/** sysctl.d(5): a file in an earlier folder hides one of the same name in a later one. */
const FOLDERS = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d'] as const;

/** Distributions link it as 99-sysctl.conf; systemd-sysctl reads it by that name. */
const CLASSIC = { path: '/etc/sysctl.conf', name: '99-sysctl.conf' } as const;

/** Two names of one kernel variable (net/ipv4/devinet.c: both are IPV4_DEVCONF_ALL's FORWARDING). */
const SAME: readonly (readonly string[])[] = [['net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding']];

const OWN = 'leadline.conf';

/** The names under which boot may set what a setting's name stands for. */
export const namesOf = (name: string): readonly string[] => SAME.find((names) => names.includes(name)) ?? [name];

const baseName = (path: string): string => (path === CLASSIC.path ? CLASSIC.name : path.slice(path.lastIndexOf('/') + 1));

/** `net/ipv4/ip_forward` is `net.ipv4.ip_forward`: the first separator tells which form it is. */
function dotted(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  return first === '/' ? name.replaceAll(/[./]/g, (sign) => (sign === '/' ? '.' : '/')) : name;
}

/** The files that boot reads, in its order: by file name, whatever their folder. */
export function bootOrder(files: readonly SysctlFile[]): readonly SysctlFile[] {
  const chosen = new Map<string, { readonly file: SysctlFile; readonly rank: number }>();
  for (const file of files) {
    const rank = file.path === CLASSIC.path ? FOLDERS.length : FOLDERS.findIndex((folder) => file.path.startsWith(`${folder}/`));
    const name = baseName(file.path);
    if (rank < 0 || !name.endsWith('.conf')) continue;
    const held = chosen.get(name);
    if (held === undefined || rank < held.rank) chosen.set(name, { file, rank });
  }
  return [...chosen].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, { file }]) => file);
}

/** What boot sets a variable to, by sysctl.d(5): the last assignment wins, and a pattern loses to a full name. `null`: no file speaks of it. */
export function atBoot(files: readonly SysctlFile[], name: string): BootSetting | null {
  const wanted = namesOf(name);
  let last: { readonly setting: BootSetting; readonly exact: boolean } | null = null;
  for (const { path, settings, origin } of bootOrder(files)) {
    for (const { name: written, value, line } of settings) {
      const own = dotted(written);
      const exact = wanted.includes(own);
      if (!exact && (last?.exact === true || !matches(own, wanted))) continue;
      last = { setting: { value, path, line, origin: { ...origin, line } }, exact };
    }
  }
  return last?.setting ?? null;
}

/** glob(7) as far as such files use it: `*` and `?` within one component. */
function matches(pattern: string, names: readonly string[]): boolean {
  if (!/[*?]/.test(pattern)) return false;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^.]*')
    .replaceAll('?', '[^.]');
  const expression = new RegExp(`^${source}$`);
  return names.some((name) => expression.test(name));
}

/** A file of our own in /etc/sysctl.d that boot reads after all others that it reads now. */
export function lastingPath(files: readonly SysctlFile[]): string {
  const others = bootOrder(files)
    .map(({ path }) => baseName(path))
    .filter((name) => !name.endsWith(OWN));
  const last = others.at(-1) ?? '';
  let name = `99-zz-${OWN}`;
  for (let more = 1; name < last && more < 64; more++) name = `${'z'.repeat(more)}-${OWN}`;
  return `/etc/sysctl.d/${name}`;
}
