import { cpSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildOnce, cacheKey } from '../cache/once.ts';
import { cachePlace } from '../cache/place.ts';
import { must } from '../world/command.ts';
import type { Kernel } from './kernels.ts';
import { MODULES } from './modules.ts';
import { unwrapped } from './unwrap-kernel.ts';

const MIRRORS = ['http://deb.debian.org/debian', 'http://archive.debian.org/debian'];
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';
const LIMIT_MS = 600_000;
/** Raised when something else is kept of a kernel. */
const LAYOUT = '2';

/** A kernel's image with the modules that the guest may need, and its release. */
export type FetchedKernel = { readonly image: string; readonly modules: string; readonly release: string };

const placeOf = ({ suite }: Kernel): string => join(cachePlace(), 'kernels', `${suite}-${cacheKey(suite, LAYOUT, ...MODULES)}`);

/** Fetches a kernel's package from its Debian unless that was done, and keeps what the guest needs of it. */
export const fetchKernel = async (kernel: Kernel): Promise<FetchedKernel> =>
  readKernel(await buildOnce(placeOf(kernel), (draft) => fetched(kernel, draft)));

function readKernel(place: string): FetchedKernel {
  const release = readFileSync(join(place, 'release'), 'utf8');
  return { image: join(place, 'vmlinux'), modules: join(place, 'lib/modules', release), release };
}

async function fetched({ suite }: Kernel, draft: string): Promise<void> {
  const unpacked = join(draft, 'unpacked');
  await must('dpkg-deb', ['-x', await packageOf(suite, draft), unpacked], { timeoutMs: LIMIT_MS });
  // since Debian 13 /lib is /usr/lib in packages too
  const modules = [join(unpacked, 'lib/modules'), join(unpacked, 'usr/lib/modules')].find((one) => existsSync(one)) ?? '';
  const [release = ''] = readdirSync(modules);
  await must('depmod', ['-b', dirname(dirname(modules)), release], { timeoutMs: LIMIT_MS });
  const from = join(modules, release);
  const to = join(draft, 'lib/modules', release);
  for (const path of wanted(from)) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(from, path), join(to, path));
  }
  for (const path of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo']) cpSync(join(from, path), join(to, path));
  await must('depmod', ['-b', draft, release]);
  const image = readFileSync(join(unpacked, `boot/vmlinuz-${release}`));
  const startsBare = /^CONFIG_PVH=y$/m.test(readFileSync(join(unpacked, `boot/config-${release}`), 'utf8'));
  writeFileSync(join(draft, 'vmlinux'), startsBare ? await unwrapped(image, draft) : image);
  writeFileSync(join(draft, 'release'), release);
  await must('rm', [
    '-rf',
    unpacked,
    join(draft, 'apt'),
    join(draft, 'payload'),
    ...globSync('*.deb', { cwd: draft }).map((file) => join(draft, file)),
  ]);
}

/** Modules by pattern, and all that they stand on. */
function wanted(folder: string): ReadonlySet<string> {
  const needs = new Map(
    readFileSync(join(folder, 'modules.dep'), 'utf8')
      .trim()
      .split('\n')
      .map((line): [string, readonly string[]] => {
        const [path = '', others = ''] = line.split(':');
        return [path, others.trim().split(' ').filter(Boolean)];
      }),
  );
  const roots = MODULES.flatMap((pattern) => globSync(`kernel/${pattern}.ko*`, { cwd: folder }));
  return new Set(roots.flatMap((path) => [path, ...(needs.get(path) ?? [])]));
}

/** Downloads the image's package with apt, by lists of its own: the machine's are left alone. */
async function packageOf(suite: string, draft: string): Promise<string> {
  const failures: string[] = [];
  for (const mirror of MIRRORS) {
    try {
      return await download(suite, mirror, draft);
    } catch (error) {
      failures.push(`${mirror}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`the kernel of ${suite} is not to be had: ${failures.join('; ')}`);
}

async function download(suite: string, mirror: string, draft: string): Promise<string> {
  const apt = join(draft, 'apt');
  for (const folder of ['lists/partial', 'archives/partial']) mkdirSync(join(apt, folder), { recursive: true });
  writeFileSync(join(apt, 'sources.list'), `deb [signed-by=${KEYS} check-valid-until=no] ${mirror} ${suite} main\n`);
  const own = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${apt}/lists`,
    `Dir::Cache=${apt}`,
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false',
  ].flatMap((option) => ['-o', option]);
  const limits = { cwd: draft, timeoutMs: LIMIT_MS };
  await must('apt-get', [...own, '-qq', 'update'], limits);
  const told = await must('apt-cache', [...own, 'depends', 'linux-image-amd64'], limits);
  const name = /Depends: (linux-image-\d\S*)/.exec(told)?.[1];
  if (name === undefined) throw new Error(`linux-image-amd64 depends on no image: ${told.trim()}`);
  await must('apt-get', [...own, '-qq', 'download', name], limits);
  const [file] = globSync('linux-image-*.deb', { cwd: draft });
  if (file === undefined) throw new Error(`${name} was not downloaded`);
  return join(draft, file);
}
