import assert from 'node:assert/strict';
import test from 'node:test';
import type { Scene } from '../draw/scene.ts';
import type { ModelWalk } from '../stage/model.ts';
import type { Stage } from '../stage/raise.ts';
import type { Seen } from '../stage/wire.ts';
import { keptUnsent } from './kept-unsent.ts';
import { noteSealed, type Sealed } from './sealed.ts';

const layout = { namespaces: [{ name: 'n1', devices: [{ name: 'u0' }, { name: 'wg0', carrier: 'u0' }] }] };
const staged = { scene: { layout } as unknown as Scene, stage: { name: (own: string) => `s0${own}` } as Stage };

const left = (device: string, header: object): Seen => ({ in: 's0n1', device, how: 'out', header }) as unknown as Seen;
const drawn = left('wg0', { id: 7, protocol: 17, length: 84 });
const around = (length: number): Seen => left('u0', { id: 0, protocol: 17, dport: 51820, length });

function noted(...seen: readonly Seen[]): ReadonlyMap<string, Sealed> {
  const found = new Map<string, Sealed>();
  noteSealed(seen, [staged], found);
  return found;
}

/** One packet, of which the model says in each outcome whether it left sealed. */
const asked = (...unsent: readonly boolean[]) => ({
  skipped: 0,
  judged: [{ matching: unsent.map((is) => ({ walks: [(is ? { unsent: 's0n1' } : {}) as ModelWalk] })) }],
});

test('a handshake and a keepalive are no packets that left sealed', () => {
  assert.deepEqual(noted(drawn, around(156), around(176), around(120), around(92), around(60)).get('s0n1'), { taken: 1, sent: 1 });
});

test('a packet that the model keeps in its namespace has not left it sealed, and the other way round', () => {
  const [whole, less] = [noted(drawn, around(156)), noted(drawn, drawn, around(156))];
  assert.deepEqual(keptUnsent([asked(false)], whole), []);
  assert.deepEqual(keptUnsent([asked(true)], less), []);
  assert.match(keptUnsent([asked(true)], whole)[0]?.says ?? '', /kept 0 packets from leaving sealed, in the model 1/);
  assert.match(keptUnsent([asked(false)], less)[0]?.says ?? '', /kept 1 packets from leaving sealed, in the model 0/);
  assert.deepEqual(keptUnsent([asked(false, true)], less), [], 'either may have come');
});

test('where nothing left sealed there was no session, and nobody knows why', () => {
  assert.deepEqual(keptUnsent([asked(false)], noted(drawn)), []);
});
