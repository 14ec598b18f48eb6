import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Archive } from '../archive/archive.ts';
import { bytesOf, snapshotOf } from '../archive/archive.ts';
import { readStream } from './read-stream.ts';

const MARK = '50264c0a-6805-48df-87fe-5457f78fd771';
const HEAD = `leadline-capture 1 ${MARK}\n${MARK} tool 0.1.0\n${MARK} node D\n${MARK} clock 1 1795263401 653848259 +0800 100.00 de3642c7\n`;
const opening = (where: string, source: string, format: string, uptime: string, ...argv: readonly string[]): string =>
  `${MARK} entry ${where} ${source} ${format} ${uptime}\n${argv.map((word) => `${MARK} argv ${word}\n`).join('')}`;
const ending = (content: string, exit: number, uptime: string, said = ''): string =>
  `${MARK} begin\n${content}\n${MARK} end ${exit} ${uptime}\n${said === '' ? '' : `${MARK} said\n${said}\n${MARK} over\n`}`;
const DONE = `${MARK} done\n`;
const read = (...parts: readonly string[]): Archive => readStream(Buffer.from(parts.join('')));

describe('the stream of a capture', () => {
  it("compares the node's clock with etcd's, by the first answer", () => {
    const served = (uptime: string, date: string): string => `${MARK} served ${uptime} ${date}\n`;
    const dates = served('102.00', 'Fri, 21 Nov 2025 12:16:40 GMT') + served('103.00', 'Fri, 21 Nov 2025 13:00:00 GMT');
    // 1795263401.653 + 2 s here, and the header's second there
    const there = Date.parse('Fri, 21 Nov 2025 12:16:40 GMT') + 500;
    assert.equal(read(HEAD, dates, DONE).index.clocks[0]?.aheadMs, 1795263403653 - there);
    assert.equal(read(HEAD, served('102.00', 'no date'), DONE).index.clocks[0]?.aheadMs, undefined);
  });

  it('becomes entries with times by the wall clock', () => {
    const archive = read(
      HEAD,
      opening('.', 'resolver', 'resolv-conf', '101.50', 'cat', '/etc/resolv.conf'),
      ending('nameserver 192.0.2.1\n', 0, '101.75'),
      DONE,
    );
    assert.deepEqual(archive.index.entries, [
      {
        scope: { node: 'D', netns: '' },
        file: 'nodes/D/etc_resolv.conf',
        argv: ['cat', '/etc/resolv.conf'],
        exit: 0,
        look: 1,
        started: 1795263403153,
        ended: 1795263403403,
        format: 'resolv-conf',
        parts: [{ file: 'nodes/D/etc_resolv.conf' }],
      },
    ]);
    assert.deepEqual(archive.index.clocks, [
      { node: 'D', look: 1, wall: 1795263401653, uptime: 100, bootId: 'de3642c7', zoneMinutes: 480 },
    ]);
    assert.deepEqual(archive.index.gaps, []);
    assert.deepEqual(archive.index.window, { from: 1795263403153, to: 1795263403403 });
  });

  it('keeps content exactly, with or without a newline at its end', () => {
    for (const content of ['', '\n', 'no newline', 'one\n', '\n\n', `${MARK}x is no frame\n`, ` ${MARK} end 0 1\n`]) {
      const archive = read(HEAD, opening('.', 'x', 'x', '101', 'x'), ending(content, 0, '101'), DONE);
      const [entry] = archive.index.entries;
      assert.ok(entry !== undefined);
      assert.equal(bytesOf(archive, entry).toString(), content);
    }
  });

  it('splits a batch into one entry per command', () => {
    const batch =
      opening('web', 'addresses', 'ip-addr-json', '101', 'ip', '-j', 'addr') +
      opening('web', 'neighbours', 'ip-neigh-json', '101', 'ip', '-j', 'neigh');
    const archive = read(HEAD, batch, ending('[{"a":1}]\n[]\n', 0, '101'), DONE);
    const snapshot = snapshotOf(archive);
    assert.deepEqual(
      archive.index.entries.map((entry) => [entry.scope.netns, entry.file, snapshot.text(entry)]),
      [
        ['web', 'nodes/D/netns/web/ip_-j_addr', '[{"a":1}]\n'],
        ['web', 'nodes/D/netns/web/ip_-j_neigh', '[]\n'],
      ],
    );
  });

  it('gives the failed command of a batch its gap and the others their lines', () => {
    const batch =
      opening('.', 'addresses', 'a', '101', 'ip', 'addr') +
      opening('.', 'neighbours', 'b', '101', 'ip', 'neigh') +
      opening('.', 'rules', 'c', '101', 'ip', 'rule');
    const archive = read(HEAD, batch, ending('[1]\n[3]\n', 1, '101', 'Dump terminated\nCommand failed -:2'), DONE);
    assert.deepEqual(
      archive.index.entries.map(({ exit }) => exit),
      [0, 1, 0],
    );
    const [first, , third] = archive.index.entries;
    assert.ok(first !== undefined && third !== undefined);
    assert.equal(snapshotOf(archive).text(first) + snapshotOf(archive).text(third), '[1]\n[3]\n');
    assert.deepEqual(
      archive.index.gaps.map(({ of, why, detail }) => [of, why, detail]),
      [['neighbour', 'failed', 'Dump terminated; Command failed -:2']],
    );
  });

  it('trusts no line of a batch whose lines do not fit', () => {
    const batch = opening('.', 'addresses', 'a', '101', 'ip', 'addr') + opening('.', 'neighbours', 'b', '101', 'ip', 'neigh');
    const archive = read(HEAD, batch, ending('[1]\n', 0, '101'), DONE);
    assert.deepEqual(
      archive.index.entries.map(({ exit }) => exit),
      [1, 1],
    );
    assert.deepEqual(
      archive.index.gaps.map(({ of }) => of),
      ['address', 'neighbour'],
    );
  });

  it('turns what failed, was denied or ran out of time into gaps in the words of the tool', () => {
    const tried = (exit: number, said: string): unknown => {
      const archive = read(HEAD, opening('.', 'conntrack', 'conntrack', '101', 'conntrack', '-L'), ending('', exit, '101', said), DONE);
      return archive.index.gaps.map(({ of, why, detail }) => [of, why, detail]);
    };
    assert.deepEqual(tried(127, 'sh: conntrack: not found'), [['conntrack', 'failed', 'sh: conntrack: not found']]);
    assert.deepEqual(tried(1, 'Operation failed: Operation not permitted'), [
      ['conntrack', 'denied', 'Operation failed: Operation not permitted'],
    ]);
    assert.deepEqual(tried(124, ''), [['conntrack', 'timed out', 'conntrack -L ended with 124']]);
  });

  it('says that it was cut short, and keeps what is there', () => {
    const whole = [
      HEAD,
      opening('.', 'resolver', 'hosts', '101', 'cat', '/etc/hosts'),
      ending('127.0.0.1 localhost\n', 0, '101'),
      DONE,
    ].join('');
    for (let length = HEAD.length; length < whole.length - 1; length += 1) {
      const { gaps } = readStream(Buffer.from(whole.slice(0, length))).index;
      assert.ok(
        gaps.some(({ detail }) => detail.includes('cut short')),
        `after ${length} bytes`,
      );
    }
    assert.throws(() => readStream(Buffer.from(whole.slice(0, 40))), /ends before it says which node/);
  });

  it('names the readings of later looks apart, and gives equal content one blob', () => {
    const hosts = opening('.', 'resolver', 'hosts', '101', 'cat', '/etc/hosts') + ending(`${'127.0.0.1 localhost\n'.repeat(10)}`, 0, '101');
    const second = `${MARK} clock 2 1795263411 N +0000 110.00 -\n`;
    const { index, content } = read(HEAD, hosts, hosts, second, hosts, DONE);
    assert.deepEqual(
      index.entries.map(({ file, look }) => [file, look]),
      [
        ['nodes/D/etc_hosts', 1],
        ['nodes/D/etc_hosts~2', 1],
        ['nodes/D/look-2/etc_hosts', 2],
      ],
    );
    assert.equal(content.size, 1);
    assert.deepEqual(index.clocks[1], { node: 'D', look: 2, wall: 1795263411000, uptime: 110, zoneMinutes: 0 });
  });

  it('takes a reading that was killed midway as one without an end', () => {
    const killed = `${opening('web', 'sockets', 'ss', '101', 'ss', '-t')}${MARK} begin\nESTAB 0 0\n`;
    const archive = read(HEAD, killed, `${MARK} gap web namespace\ntimed out\nkilled\n`, DONE);
    assert.deepEqual(
      archive.index.gaps.map(({ of, why }) => [of, why]),
      [
        ['socket', 'timed out'],
        ['listed-protocol', 'timed out'],
        ['namespace', 'timed out'],
      ],
    );
  });
});
