import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { validateIndex } from './validate-index.ts';

const schema: unknown = JSON.parse(readFileSync(new URL('../../docs/schemas/snapshot.schema.json', import.meta.url), 'utf8'));
const bySchema = new Ajv({ strict: false }).compile(schema as object);

const entry = {
  scope: { node: 'D', netns: '' },
  file: 'nodes/D/ip_route',
  argv: ['ip', 'route'],
  exit: 0,
  look: 1,
  started: 1.5,
  ended: 2,
  parts: [{ file: 'nodes/D/ip_route' }, { blob: 'a'.repeat(64) }],
  format: 'ip-route',
};
const index = {
  format: 'leadline-snapshot',
  version: 1,
  tool: { name: 'leadline', version: '0.1.0' },
  window: { from: 1, to: 2 },
  clocks: [{ node: 'D', look: 1, wall: 1_795_263_401_653, uptime: 2579.74, bootId: 'de3642c7', zoneMinutes: 480 }],
  entries: [entry],
  gaps: [{ of: 'lease', scope: { node: '', netns: '' }, why: 'failed', detail: 'connection refused', capture: 'leadline capture' }],
};

const GOOD: readonly (readonly [string, unknown])[] = [
  ['a whole index', index],
  ['an index without anything', { ...index, clocks: [], entries: [], gaps: [] }],
  ['fields of a later version', { ...index, entries: [{ ...entry, later: { yes: true } }], later: 1 }],
  ['a command that was killed', { ...index, entries: [{ ...entry, exit: null }] }],
  ['file names with dots in them', { ...index, entries: [{ ...entry, file: 'nodes/D/..x/a..b/.hidden' }] }],
];

const withEntry = (change: object): object => ({ ...index, entries: [{ ...entry, ...change }] });

const BAD: readonly (readonly [string, unknown])[] = [
  ['nothing', null],
  ['a list', []],
  ['another format', { ...index, format: 'zip' }],
  ['a later version', { ...index, version: 2 }],
  ['no entries', { ...index, entries: undefined }],
  ['entries that are no list', { ...index, entries: {} }],
  ['a path that leads out', withEntry({ file: '../etc/passwd' })],
  ['a path that leads out in the middle', withEntry({ file: 'nodes/../../etc/passwd' })],
  ['an absolute path', withEntry({ parts: [{ file: '/etc/passwd' }] })],
  ['an empty path part', withEntry({ file: 'nodes//D' })],
  ['a backslash', withEntry({ file: 'nodes\\D' })],
  ['a NUL', withEntry({ file: 'nodes/D\u0000' })],
  ['an absurdly long path', withEntry({ file: 'a'.repeat(5000) })],
  ['a blob that is no hash', withEntry({ parts: [{ blob: 'A'.repeat(64) }] })],
  ['a part without anything', withEntry({ parts: [{}] })],
  ['a look of zero', withEntry({ look: 0 })],
  ['a look of one and a half', withEntry({ look: 1.5 })],
  ['an exit that is a text', withEntry({ exit: '0' })],
  ['an argument that is a number', withEntry({ argv: ['ip', 1] })],
  ['a node name with a slash', withEntry({ scope: { node: 'a/b', netns: '' } })],
  ['a scope without a node', withEntry({ scope: { netns: '' } })],
  ['a reason that does not exist', { ...index, gaps: [{ ...index.gaps[0], why: 'tired' }] }],
  ['a clock without a time', { ...index, clocks: [{ node: 'D', look: 1 }] }],
];

describe('the index of a snapshot', () => {
  for (const [what, value] of GOOD) {
    it(`may be ${what}`, () => {
      assert.deepEqual(validateIndex(value), { is: 'valid', index: value });
      assert.equal(bySchema(value), true, JSON.stringify(bySchema.errors));
    });
  }
  for (const [what, value] of BAD) {
    it(`is refused: ${what}`, () => {
      const copy: unknown = JSON.parse(JSON.stringify(value));
      assert.equal(validateIndex(copy).is, 'invalid');
      assert.equal(bySchema(copy), false, 'the schema agrees');
    });
  }
  it('says where it is wrong', () => {
    const checked = validateIndex(withEntry({ look: 'first' }));
    assert.deepEqual(checked, { is: 'invalid', why: 'leadline.json.entries[0].look is not a whole number from 1' });
  });
});
