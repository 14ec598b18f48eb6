import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { nodeWorld } from '#cli/node-world';
import { bytesOf, type Archive, sha256, snapshotOf } from './archive.ts';
import { LIMITS, type Limits } from './limits.ts';
import { readArchive } from './read-archive.ts';
import { tarOf } from './tar.ts';
import { writeArchive } from './write-archive.ts';

const { files } = nodeWorld();
let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'leadline-hostile-'));
});
after(() => rmSync(folder, { recursive: true }));

const MIB = 1024 * 1024;
const SHARED = Buffer.from('the same on every node\n'.repeat(20));
const entryOf = (file: string, part: object): object => ({
  scope: { node: 'D', netns: '' },
  file,
  argv: ['cat', '/x'],
  exit: 0,
  look: 1,
  parts: [part],
});
const indexOf = (...entries: readonly object[]): Buffer =>
  Buffer.from(
    JSON.stringify({ format: 'leadline-snapshot', version: 1, tool: { name: 'leadline', version: '0' }, clocks: [], gaps: [], entries }),
  );
const ROUTES = entryOf('nodes/D/route', { file: 'nodes/D/route' });
const good = (): (readonly [string, Buffer])[] => [
  ['leadline.json', indexOf(ROUTES, entryOf('nodes/D/shared', { blob: sha256(SHARED) }))],
  ['nodes/D/route', Buffer.from('default via 10.0.0.1 dev eth0\n')],
  [`blobs/${sha256(SHARED)}`, SHARED],
];

let number = 0;
function laid(content: Buffer): string {
  number += 1;
  const path = join(folder, `archive-${number}`);
  writeFileSync(path, content);
  return path;
}

const refused = (content: Buffer, why: RegExp, limits: Limits = LIMITS): Promise<void> =>
  assert.rejects(readArchive(laid(content), files, limits), why);

async function tarOfHeaders(...headers: readonly (Partial<Header> & { readonly name: string })[]): Promise<Buffer> {
  const tar = pack();
  for (const header of headers) {
    if (header.type === undefined) tar.entry(header, 'x');
    else tar.entry(header);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a snapshot archive', () => {
  for (const name of ['a.tar.gz', 'a.tar', 'a-folder']) {
    it(`comes back from ${name} as it was written`, async () => {
      const archive = await readArchive(laid(await tarOf(good())), files);
      await writeArchive(archive, join(folder, name), files);
      const again = await readArchive(join(folder, name), files);
      assert.deepEqual(again, archive);
      assert.equal(snapshotOf(again).text(again.index.entries[1] as Archive['index']['entries'][number]), SHARED.toString());
    });
  }
  it('may lie in a folder of its own inside the tar', async () => {
    const archive = await readArchive(laid(gzipSync(await tarOf(good().map(([name, content]) => [`./snap/${name}`, content])))), files);
    assert.equal(archive.index.entries.length, 2);
  });
  it('may hold files that the index does not name: they are not read', async () => {
    const archive = await readArchive(laid(await tarOf([...good(), ['notes.txt', Buffer.from('hello')]])), files);
    assert.equal(archive.content.has('notes.txt'), false);
  });
  it('keeps lines where UTF-8 is broken', async () => {
    const [index, , blob] = good();
    assert.ok(index !== undefined && blob !== undefined);
    const archive = await readArchive(
      laid(await tarOf([index, ['nodes/D/route', Buffer.from([0xff, 0xfe, 10, 0xc3, 10, 65, 10])], blob])),
      files,
    );
    const entry = archive.index.entries[0];
    assert.ok(entry !== undefined);
    assert.equal(snapshotOf(archive).text(entry).split('\n').length, 4);
    assert.equal(bytesOf(archive, entry).length, 7);
  });
});

describe('a hostile archive', () => {
  it('is refused when a path leads out of it', async () => {
    for (const name of ['../x', 'a/../../x', '/etc/passwd', 'a\\b', 'a//b'])
      await refused(await tarOfHeaders({ name }), /a path that leads out of it/);
  });
  it('is refused when it holds links, devices or pipes', async () => {
    for (const type of ['symlink', 'link', 'character-device', 'block-device', 'fifo'] as const) {
      await refused(await tarOfHeaders({ name: 'x', type, linkname: '/etc/passwd' }), new RegExp(`holds a ${type}`));
    }
  });
  it('is refused when it names a file twice', async () => {
    await refused(await tarOfHeaders({ name: 'x' }, { name: './x' }), /holds the file "x" twice/);
  });
  it('is refused when it is cut off, wherever that is', async () => {
    const whole = gzipSync(await tarOf(good()));
    for (let length = 20; length < whole.length - 1; length += 37)
      await refused(whole.subarray(0, length), /cut off|not readable|no leadline\.json|neither/);
    const plain = await tarOf(good());
    for (const length of [513, 700, 1100, 1600]) await refused(plain.subarray(0, length), /not readable as tar|cut off|does not hold/);
  });
  it('is refused when its gzip is damaged', async () => {
    const whole = gzipSync(await tarOf(good()));
    whole.fill(0x55, 60, 90);
    await refused(whole, /not readable|no leadline\.json|neither/);
  });
  it('is refused as a gzip bomb before it fills the memory', async () => {
    const bomb = await zeros(3 * 1024);
    const { says, highest } = readApart(bomb);
    assert.match(says, /gzip bomb/);
    assert.ok(highest < 256 * MIB, `${highest} bytes more`);
  });
  it('is refused when one file or all together are absurdly large', async () => {
    const large = await tarOf([...good(), ['big', Buffer.alloc(3000)]]);
    await refused(large, /a file of more than 2000 bytes/, { ...LIMITS, file: 2000 });
    await refused(gzipSync(large), /unpacks to more than 4000 bytes/, { ...LIMITS, total: 4000 });
  });
  it('is refused when a header promises more than there is', async () => {
    const tar = await tarOf([['x', Buffer.from('x')]]);
    tar.write('77777777777\0', 124, 'latin1'); // the size field: 8 GiB
    tar.write('        ', 148, 'latin1');
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    await refused(tar, /a file of more than \d+ bytes/);
  });
  it('is refused when it has a million entries, in memory that is bounded', { timeout: 120_000 }, async () => {
    const { says, highest } = readApart(await manyFiles(1_000_000));
    assert.match(says, /holds more than 600000 files/);
    assert.ok(highest < 700 * MIB, `${highest} bytes more`);
    const [head, tail] = indexOf(ROUTES).toString().split(JSON.stringify(ROUTES));
    const million = Buffer.from(`${head}${Array.from({ length: 1_000_000 }, () => '{}').join(',')}${tail}`);
    await refused(await tarOf([['leadline.json', million]]), /more than 500000 items/);
  });
  it('is refused when its index names a file that is not there', async () => {
    await refused(
      await tarOf(good().filter(([name]) => name !== 'nodes/D/route')),
      /names the file "nodes\/D\/route" in its index and does not hold it/,
    );
  });
  it('is refused when a blob is not what its name says', async () => {
    const [index, route] = good();
    assert.ok(index !== undefined && route !== undefined);
    await refused(await tarOf([index, route, [`blobs/${sha256(SHARED)}`, Buffer.from('other')]]), /not what its name says/);
  });
  it('is refused when its index is missing, broken, or leads out', async () => {
    await refused(await tarOf([['x', Buffer.from('x')]]), /has no leadline\.json/);
    await refused(await tarOf([['leadline.json', Buffer.from('{"format":')]]), /is not JSON/);
    await refused(await tarOf([['leadline.json', Buffer.from('[]')]]), /is not an object/);
    await refused(await tarOf([['leadline.json', indexOf(entryOf('nodes/x', { file: '../../etc/passwd' }))]]), /a path inside the archive/);
  });
  it('is refused when two readings have one name', async () => {
    await refused(
      await tarOf([
        ['leadline.json', indexOf(ROUTES, ROUTES)],
        ['nodes/D/route', Buffer.from('x')],
      ]),
      /names two readings/,
    );
  });
  it('is refused when it is something else', async () => {
    for (const content of [Buffer.alloc(0), Buffer.from('hello\n'), Buffer.alloc(4096, 0xff), gzipSync(Buffer.from('hello\n'))])
      await refused(content, /neither a snapshot/);
    await assert.rejects(readArchive(join(folder, 'is-not-there'), files), /cannot be read: no such file/);
  });
  it('is refused as a folder whose files are absurdly large, or none, before they are read (stat(2))', async () => {
    const path = join(folder, 'large-folder');
    mkdirSync(join(path, 'nodes/D'), { recursive: true });
    for (const [name, content] of good().slice(0, 1)) writeFileSync(join(path, name), content);
    const route = join(path, 'nodes/D/route');
    writeFileSync(route, '');
    truncateSync(route, LIMITS.file + 1);
    const read: string[] = [];
    const watched = {
      ...files,
      read: (name: string) => {
        read.push(name);
        return files.read(name);
      },
    };
    await assert.rejects(readArchive(path, watched), /holds more than \d+ bytes in one file/);
    truncateSync(route, 3000);
    await assert.rejects(readArchive(path, watched, { ...LIMITS, total: 3000 }), /holds more than 3000 bytes/);
    rmSync(route);
    execFileSync('mkfifo', [route]);
    await assert.rejects(readArchive(path, watched), /holds what is no file/);
    assert.ok(!read.includes(route));
  });
  it('is refused as a folder with a link that leads out', async () => {
    const path = join(folder, 'linked');
    mkdirSync(join(path, 'nodes/D'), { recursive: true });
    writeFileSync(join(path, 'leadline.json'), indexOf(ROUTES));
    symlinkSync('/etc/hostname', join(path, 'nodes/D/route'));
    await assert.rejects(readArchive(path, files), /a link that leads out of it/);
    rmSync(join(path, 'nodes'), { recursive: true });
    await assert.rejects(readArchive(path, files), /does not hold it/);
  });
});

/** Reads the archive that it is given, and prints what it was refused for and the most memory that this took. */
const READING = `
  import { nodeWorld } from '#cli/node-world';
  import { readArchive } from '#collect/archive/read-archive';
  const before = process.memoryUsage().rss;
  let highest = 0;
  const look = () => (highest = Math.max(highest, process.memoryUsage().rss - before));
  setInterval(look, 20).unref();
  const says = await readArchive(process.argv[1], nodeWorld().files).then(() => 'read', ({ message }) => message);
  look();
  console.log(JSON.stringify({ says, highest }));`;

/** What a process of its own says to an archive, and the most that it had beyond what it had before: only that moves its memory, and no test's hook slows it. */
function readApart(content: Buffer): { readonly says: string; readonly highest: number } {
  const args = ['--no-warnings', '--input-type=module', '--eval', READING, laid(content)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })); // printed a moment ago
}

/** So many mebibytes of zeros behind the head of a tar, in a few packed ones: gzip's members may follow each other. */
async function zeros(mebibytes: number): Promise<Buffer> {
  const head = (await tarOf([['x', Buffer.from('x')]])).subarray(0, 1024);
  const member = gzipSync(Buffer.alloc(16 * MIB));
  return Buffer.concat([gzipSync(head), ...Array.from({ length: mebibytes / 16 }, () => member)]);
}

const MEMBER = 10_000;

/** A packed tar of empty files: the header of one, with other digits in its name and its checksum. */
async function manyFiles(count: number): Promise<Buffer> {
  const header = Buffer.from((await tarOf([['f0000000', Buffer.alloc(0)]])).subarray(0, 512));
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  const members = Array.from({ length: count / MEMBER }, (_, nth) => {
    const block = Buffer.alloc(512 * MEMBER);
    for (let index = 0; index < MEMBER; index += 1) {
      header.copy(block, index * 512);
      const more = writeDigits(block, { at: index * 512 + 1, count: 7, base: 10 }, nth * MEMBER + index);
      writeDigits(block, { at: index * 512 + 148, count: 6, base: 8 }, sum + more);
      block.write('\0 ', index * 512 + 154, 'latin1');
    }
    return gzipSync(block, { level: 1 });
  });
  return Buffer.concat(members);
}

/** Writes a number with leading zeros, and tells the sum of its digits. */
function writeDigits(block: Buffer, field: { readonly at: number; readonly count: number; readonly base: number }, number: number): number {
  let [left, sum] = [number, 0];
  for (let place = field.at + field.count - 1; place >= field.at; place -= 1) {
    const digit = left % field.base;
    block[place] = 48 + digit;
    sum += digit;
    left = (left - digit) / field.base;
  }
  return sum;
}
