import assert from 'node:assert/strict';
import test from 'node:test';
import { mac } from '#net/mac';
import { alike } from './joined.ts';
import { NO_NOTES } from './notes.ts';
import { FRESH } from './state.ts';

test('ways are one only where they know the same of neighbours: who asked, and who answered', () => {
  const known = new Map([['A eth0 10.0.0.1', mac`02:00:00:00:00:01`]]);
  const without = { state: FRESH };
  for (const name of ['askers', 'answerers'] as const) {
    const knowing = () => ({ state: { ...FRESH, notes: { ...NO_NOTES, [name]: new Map(known) } } });
    assert.equal(alike([without, knowing()]).length, 2, name);
    assert.equal(alike([knowing(), knowing()]).length, 1, name);
  }
});
