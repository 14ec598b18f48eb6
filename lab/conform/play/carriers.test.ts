import assert from 'node:assert/strict';
import test from 'node:test';
import type { Scene } from '../draw/scene.ts';
import type { ModelAnswer, ModelHeader, ModelWalk } from '../stage/model.ts';
import type { Stage } from '../stage/raise.ts';
import { asSeenSealed, onTheirCarriers } from './carriers.ts';

const scene = {
  layout: {
    namespaces: ['n1', 'n2'].map((name) => ({
      name,
      devices: [
        { name: 'u0', addresses: [`192.0.2.${name.slice(1)}/24`] },
        { name: 'wg0', carrier: 'u0', addresses: [] },
      ],
    })),
  },
} as unknown as Scene;
const staged = { scene, stage: { name: (own: string) => `s0${own}` } as Stage };
const header = { source: '10.1.0.2', destination: '10.2.0.2', protocol: 'udp', ttl: 64, mark: 0 } as ModelHeader;

type Path = readonly (readonly [string, string | null, string | null])[];

/** The model's way of a packet, as it can be seen. */
function sealed(path: Path, outer?: ModelHeader): ModelWalk | undefined {
  const walk = { packet: header, received: header, disposition: 'dropped', at: ['s0n1', null], code: '', says: '', path } as const;
  const more = { counted: [], mayCount: [], ...(outer === undefined ? {} : { outer }) };
  const answer: ModelAnswer = { outcomes: [{ probability: 1, walks: [{ ...walk, ...more }], connections: [] }], complete: true };
  const told = asSeenSealed(answer, staged);
  return 'error' in told ? undefined : told.outcomes[0]?.walks[0];
}

const seenOf = (path: Path, outer?: ModelHeader): unknown =>
  sealed(path, outer)?.path.map(([namespace, into, out]) => [namespace, into, out]);

test('what was seen on a sealing device was on the device that carries it', () => {
  const seen = [{ in: 's0n1', device: 'wg0', how: 'out', header: {} }] as unknown as Parameters<typeof onTheirCarriers>[0];
  assert.equal(onTheirCarriers(seen, [staged])[0]?.device, 'u0');
});

test('what a sealing device refuses has left by it, and what ends sealed was not seen where it arrived', () => {
  assert.deepEqual(seenOf([['s0n1', 'p0', 'wg0']]), [['s0n1', 'p0', 'u0']]);
  const arrived: Path = [
    ['s0n1', 'p0', 'u0'],
    ['s0n2', 'u0', null],
  ];
  assert.deepEqual(seenOf(arrived, header), [['s0n1', 'p0', 'u0']]);
  assert.deepEqual(seenOf(arrived), arrived);
  assert.deepEqual(seenOf([['s0n1', 'p0', null]], header), [['s0n1', 'p0', 'u0']]);
});

test('what the sealing device refuses, or what ends around it where it was sealed, has not left sealed', () => {
  const outer = { ...header, source: '192.0.2.1', destination: '192.0.2.2' };
  assert.equal(sealed([['s0n1', 'p0', 'wg0']])?.unsent, 's0n1');
  assert.equal(sealed([['s0n1', 'p0', null]], outer)?.unsent, 's0n1');
  const across: Path = [
    ['s0n1', 'p0', 'u0'],
    ['s0n2', 'u0', null],
  ];
  assert.equal(sealed(across, outer)?.unsent, undefined);
});
