import { readdirSync, readFileSync } from 'node:fs';
import type { Archive } from '#collect/archive/archive';
import { readArchive } from '#collect/archive/read-archive';
import { writeArchive } from '#collect/archive/write-archive';
import type { Files, Finished, World } from '#world/world';

/** A world without effects: files and kernel settings in memory, typed answers, everything that was said. */
export type SmallWorld = World & {
  readonly content: Map<string, Buffer>;
  readonly settings: Map<string, string>;
  /** Every program that was run. */
  readonly ran: string[][];
  readonly printed: () => string;
  readonly noted: () => string;
};

/** How such a world is to be; `fails` says of a program line whether it fails there. */
export type Wanted = {
  readonly settings?: Readonly<Record<string, string>>;
  readonly answers?: readonly string[];
  readonly env?: World['env'];
  readonly hostname?: string;
  /** What /etc/machine-id holds, and the MACs that `ip -o link show` lists; without them there is neither. */
  readonly id?: string;
  readonly macs?: readonly string[];
  readonly fails?: (line: string) => boolean;
  /** What a capture of this node gives, a stream of the script's; nothing: it gives none. */
  readonly capture?: Buffer;
};

const memory = (content: Map<string, Buffer>): Files => ({
  read: async (path) => {
    const found = content.get(path);
    if (found === undefined) throw Object.assign(new Error(`ENOENT: no such file: ${path}`), { code: 'ENOENT' });
    return found;
  },
  write: async (path, bytes) => void content.set(path, Buffer.from(bytes)),
  exists: async (path) => content.has(path) || [...content.keys()].some((name) => name.startsWith(`${path}/`)),
  isFolder: async (path) => [...content.keys()].some((name) => name.startsWith(`${path}/`)),
  list: async (path) =>
    [
      ...new Set(
        [...content.keys()].filter((name) => name.startsWith(`${path}/`)).map((name) => name.slice(path.length + 1).split('/')[0] ?? ''),
      ),
    ].sort(),
  makeFolder: async () => {},
  remove: async (path) => void content.delete(path),
});

const finished = (code: number, stdout: string, stderr = ''): Finished => ({ code, stdout: Buffer.from(stdout), stderr, timedOut: false });

const devicesOf = (macs: readonly string[]): string =>
  [
    '1: lo: <UP> mtu 65536\\    link/loopback 00:00:00:00:00:00',
    ...macs.map((mac, at) => `${at + 2}: eth${at}: <UP> mtu 1500\\    link/ether ${mac} brd ff:ff:ff:ff:ff:ff`),
  ].join('\n');

export function smallWorld({
  settings = {},
  answers = [],
  env = {},
  hostname = 'D',
  id,
  macs,
  fails = () => false,
  capture,
}: Wanted = {}): SmallWorld {
  const content = new Map<string, Buffer>(id === undefined ? [] : [['/etc/machine-id', Buffer.from(`${id}\n`)]]);
  const kernel = new Map(Object.entries(settings));
  const ran: string[][] = [];
  const out: string[] = [];
  const err: string[] = [];
  const run: World['run'] = async (argv) => {
    ran.push([...argv]);
    const line = argv.join(' ');
    if (fails(line)) return finished(1, '', `refused: ${line}`);
    if (argv[0] === 'sh' && capture !== undefined) return { ...finished(0, ''), stdout: capture };
    if (argv[0] === 'ip' && macs !== undefined) return finished(0, devicesOf(macs));
    if (argv[0] !== 'sysctl') return finished(127, '', `${argv[0]}: not found`);
    const last = argv.at(-1) ?? '';
    if (argv[1] === '-n') return kernel.has(last) ? finished(0, `${kernel.get(last)}\n`) : finished(255, '', `cannot stat ${last}`);
    if (argv[1] === '-w') kernel.set(last.split('=')[0] ?? '', last.split('=')[1] ?? '');
    return finished(0, '');
  };
  const line = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
  return {
    content,
    settings: kernel,
    ran,
    printed: () => out.join(''),
    noted: () => err.join(''),
    run,
    files: memory(content),
    now: () => 1_795_000_000_000,
    sleep: async () => {},
    print: (text) => void out.push(line(text)),
    note: (text) => void err.push(line(text)),
    lines: async function* () {
      yield* answers;
    },
    env,
    hostname,
    isRoot: true,
    isTty: false,
  };
}

/** A change of one file of a recorded capture; nothing in its place: the reading is taken out. */
export type Change = { readonly node: string; readonly file: string; readonly to: ((text: string) => string) | null };

/** Puts the recorded captures of a lab's state (`healthy`, `broken` …), changed, into a world; their paths are the answer. */
export async function recordedCaptures(world: SmallWorld, state: string, changes: readonly Change[] = []): Promise<readonly string[]> {
  const folder = new URL(`../../lab/recorded/vxlan-vtep-mac-stale/${state}/`, import.meta.url);
  const paths: string[] = [];
  for (const name of readdirSync(folder)) {
    world.content.set(name, readFileSync(new URL(name, folder)));
    const archive = await readArchive(name, world.files);
    const path = `captures/${name.replace('.tar.gz', '.tar')}`;
    await writeArchive(changes.filter(({ node }) => name === `${node}.tar.gz`).reduce(changed, archive), path, world.files);
    world.content.delete(name);
    paths.push(path);
  }
  return paths;
}

function changed({ index, content }: Archive, { file, to }: Change): Archive {
  const meant = index.entries.filter((entry) => entry.file === file);
  if (meant.length === 0) throw new Error(`nothing recorded is called ${file}`);
  if (to === null) return { index: { ...index, entries: index.entries.filter((entry) => entry.file !== file) }, content };
  const files = new Map(content);
  files.set(file, Buffer.from(to((content.get(file) ?? Buffer.alloc(0)).toString('utf8'))));
  return { index, content: files };
}
