import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildOnce, cacheKey } from '../cache/once.ts';
import { cachePlace } from '../cache/place.ts';
import { must } from '../world/command.ts';
import { cpio, file, folder, link, type Member } from './cpio.ts';
import type { FetchedKernel } from './fetch-kernel.ts';
import { APPLETS, LIBRARIES, NAMES, PROGRAMS } from './tools.ts';

const INIT = join(import.meta.dirname, 'guest/init');
/** Raised when the image is put together in another way. */
const LAYOUT = '2';
const FOLDERS = ['dev', 'etc', 'proc', 'root', 'run', 'sys', 'tmp', 'usr', 'usr/bin', 'usr/lib', 'usr/lib64', 'usr/sbin'];
/** A Debian of today has these folders in /usr alone. */
const MERGED = ['bin', 'lib', 'lib64', 'sbin'];

/** What goes into a guest: a kernel's modules, an unpacked userland, and our own static programs by name. */
export type Contents = {
  readonly kernel: FetchedKernel;
  readonly userland: string;
  readonly programs: Readonly<Record<string, string>>;
};

/** The guest's whole file system, made once for each content; the answer is its path. */
export async function buildImage({ kernel, userland, programs }: Contents): Promise<string> {
  const init = readFileSync(INIT, 'utf8');
  const made = [LAYOUT, init, JSON.stringify([PROGRAMS, NAMES, APPLETS, LIBRARIES, FOLDERS])];
  const key = cacheKey(dirname(kernel.image), userland, ...Object.values(programs), ...made);
  const place = await buildOnce(join(cachePlace(), 'guests', `${kernel.release}-${key}`), async (draft) => {
    const members = [
      ...[...FOLDERS].map(folder),
      ...MERGED.map((name) => link(name, `usr/${name}`)),
      file('init', Buffer.from(init)),
      file('etc/nsswitch.conf', Buffer.from('hosts: files\n')),
      ...(await toolMembers(userland)),
      ...Object.entries(programs).map(([name, path]) => file(`usr/bin/${name}`, readFileSync(path))),
      ...moduleMembers(kernel),
    ];
    // as it is: to unpack it takes a translated processor two seconds of each start
    writeFileSync(join(draft, 'initrd'), cpio(withFolders(members)));
  });
  return join(place, 'initrd');
}

async function toolMembers(root: string): Promise<readonly Member[]> {
  const loaded = globSync(LIBRARIES.slice(1), { cwd: root }).map((path) => `/${path}`);
  const libraries = await must('chroot', [root, '/bin/bash', '-c', 'ldd "$@" 2>/dev/null || true', 'ldd', ...PROGRAMS, ...loaded]);
  const found = libraries.split('\n').flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  const whole = (path: string): Member => file(usual(path), readFileSync(join(root, path)));
  return [
    ...new Map([...PROGRAMS, ...loaded, ...found].map((path) => [usual(path), path])).values().map(whole),
    ...Object.entries(NAMES).map(([name, target]) => link(name.slice(1), target)),
    ...APPLETS.map((name) => link(`usr/bin/${name}`, 'busybox')),
    ...['usr/share/iproute2', 'etc/iproute2', 'etc/protocols', 'etc/services'].flatMap((path) => tables(root, path)),
  ];
}

/** Names that iproute2 and iptables print in place of numbers. */
const tables = (root: string, path: string): readonly Member[] =>
  globSync([path, `${path}/*`], { cwd: root, withFileTypes: true }).flatMap((one) =>
    one.isFile() ? [file(join(one.parentPath, one.name).slice(root.length + 1), readFileSync(join(one.parentPath, one.name)))] : [],
  );

/** Where a library lies on a merged Debian. */
const usual = (path: string): string => path.replace(/^\/(bin|lib|lib64|sbin)\//, '/usr/$1/').slice(1);

const moduleMembers = ({ modules, release }: FetchedKernel): readonly Member[] =>
  globSync('**/*', { cwd: modules, withFileTypes: true }).flatMap((one) => {
    const path = join(one.parentPath, one.name);
    return one.isFile() ? [file(`usr/lib/modules/${release}${path.slice(modules.length)}`, readFileSync(path))] : [];
  });

/** Every folder stands before what lies in it. */
function withFolders(members: readonly Member[]): readonly Member[] {
  const known = new Set(members.map(({ path }) => path));
  const missing: Member[] = [];
  for (const { path } of members) {
    const parts = path.split('/').slice(0, -1);
    for (const [at] of parts.entries()) {
      const parent = parts.slice(0, at + 1).join('/');
      if (known.has(parent)) continue;
      known.add(parent);
      missing.push(folder(parent));
    }
  }
  return [...members.filter(({ path }) => FOLDERS.includes(path)), ...missing, ...members.filter(({ path }) => !FOLDERS.includes(path))];
}
