import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Archive, archiveOf, snapshotOf } from '../archive/archive.ts';
import { mergeArchives } from './merge.ts';

const MINUTE = 60_000;

/** A capture of one node with its host entry, one look per time, and a file that all nodes share. */
function capture(node: string, walls: readonly number[], machine = `id-of-${node}`, bootId = `boot-of-${node}`): Archive {
  const scope = { node, netns: '' };
  const entries = [
    {
      entry: { scope, file: `nodes/${node}/host`, argv: ['sh'], exit: 0, look: 1, ended: walls[0] ?? 0, format: 'host' },
      content: Buffer.from(`# leadline host\nhostname ${node}\nmachine-id ${machine}\n`),
    },
    ...walls.map((wall, at) => ({
      entry: { scope, file: `nodes/${node}/look-${at + 1}/ss`, argv: ['ss'], exit: 0, look: at + 1, ended: wall },
      content: Buffer.from(`ESTAB ${node} ${wall}\n`),
    })),
    {
      entry: { scope, file: `nodes/${node}/hosts`, argv: ['cat', '/etc/hosts'], exit: 0, look: 1 },
      content: Buffer.from('192.0.2.1 the-same-everywhere\n'.repeat(9)),
    },
  ];
  const clocks = walls.map((wall, at) => ({ node, look: at + 1, wall, bootId }));
  const gaps = [{ of: 'lease', scope: { node: '', netns: '' }, why: 'failed' as const, detail: 'connection refused' }];
  return archiveOf(
    {
      format: 'leadline-snapshot',
      version: 1,
      tool: { name: 'leadline', version: '0' },
      window: { from: walls[0] ?? 0, to: walls.at(-1) ?? 0 },
      clocks,
      gaps,
    },
    entries,
  );
}

describe('merging captures', () => {
  it('keeps every node with its looks, shared content once, and equal gaps once', () => {
    const { archive, notes } = mergeArchives(
      [
        { name: 'a', archive: capture('A', [1000, 3000]) },
        { name: 'b', archive: capture('B', [2000, 4000]) },
      ],
      '1',
    );
    assert.deepEqual(notes, []);
    assert.deepEqual(
      archive.index.clocks.map(({ node, look, wall }) => [node, look, wall]),
      [
        ['A', 1, 1000],
        ['A', 2, 3000],
        ['B', 1, 2000],
        ['B', 2, 4000],
      ],
    );
    assert.equal(archive.index.entries.length, 8);
    assert.equal([...archive.content.keys()].filter((path) => path.startsWith('blobs/')).length, 1);
    assert.equal(archive.index.gaps.length, 1);
    assert.deepEqual(archive.index.window, { from: 1000, to: 4000 });
    const text = archive.index.entries.map((entry) => snapshotOf(archive).text(entry)).join('');
    for (const expected of ['ESTAB A 1000', 'ESTAB B 4000', 'the-same-everywhere']) assert.ok(text.includes(expected));
  });

  it('takes the newer capture of a node that is there twice, whatever the order', () => {
    const [old, young] = [
      { name: 'old', archive: capture('A', [1000]) },
      { name: 'young', archive: capture('A', [9000]) },
    ];
    for (const order of [
      [old, young],
      [young, old],
    ]) {
      const { archive, notes } = mergeArchives(order, '1');
      assert.deepEqual(
        archive.index.clocks.map(({ wall }) => wall),
        [9000],
      );
      assert.equal(notes.length, 1);
      assert.match(notes[0] ?? '', /the newer one, young, is taken/);
    }
  });

  it('refuses two machines of one name', () => {
    const all = [
      { name: 'one', archive: capture('A', [1000], 'aaaa') },
      { name: 'two', archive: capture('A', [1000], 'bbbb') },
    ];
    assert.throws(() => mergeArchives(all, '1'), /one and two are of two machines that are both called A/);
  });

  it('says when captures are far apart by their clocks', () => {
    const { notes } = mergeArchives(
      [
        { name: 'a', archive: capture('A', [0]) },
        { name: 'b', archive: capture('B', [45 * MINUTE]) },
      ],
      '1',
    );
    assert.match(notes.join(), /A and B were captured 45 min apart/);
  });

  it('keeps files of the cluster that have one name apart', () => {
    const cluster = (text: string): Archive =>
      archiveOf({ format: 'leadline-snapshot', version: 1, tool: { name: 'x', version: '0' }, clocks: [], gaps: [] }, [
        { entry: { scope: { node: '', netns: '' }, file: 'pods.json', argv: [], exit: null, look: 1 }, content: Buffer.from(text) },
      ]);
    const { archive } = mergeArchives(
      [
        { name: 'a', archive: cluster('one') },
        { name: 'b', archive: cluster('two') },
      ],
      '1',
    );
    assert.deepEqual(
      archive.index.entries.map((entry) => [entry.file, snapshotOf(archive).text(entry)]),
      [
        ['pods.json', 'one'],
        ['pods.json~2', 'two'],
      ],
    );
  });
});
