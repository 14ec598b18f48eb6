import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Header, Seen } from '../stage/wire.ts';
import { overhear } from './overhear.ts';

const header = (more: Partial<Header>): Header => ({
  source: 'fd00:1::2',
  destination: 'ff02::1:ff00:3',
  protocol: 58,
  sport: 0,
  dport: 0,
  ttl: 255,
  ident: 0,
  id: 0,
  length: 72,
  ...more,
});

/** What is overheard in namespace r where a packet of this header came in last. */
async function overheard(more: Partial<Header>): Promise<number | undefined> {
  const seen: readonly Seen[] = [{ in: 'r', device: 'r1', how: 'multicast', header: header(more) }];
  const [others, frames] = [new Map([['r', 2]]), new Map([['r', 2]])];
  await overhear({ send: async () => ({ seen, failed: new Map(), times: [], storms: [], frames: { r: 1 } }) }, { others, frames });
  assert.equal(frames.get('r'), 3);
  return others.get('r');
}

test('a neighbour that is asked for once more after the last round is noise too', async () => {
  assert.equal(await overheard({ type: 135 }), 3);
});

test('what carries a number, or tells of a packet that does, is the model’s to tell', async () => {
  assert.equal(await overheard({ id: 7 }), 2);
  assert.equal(await overheard({ type: 1, about: header({ id: 7, protocol: 17 }) }), 2);
  assert.equal(await overheard({ protocol: 6, seq: 4096 }), 2);
});
