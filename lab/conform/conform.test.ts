import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { labAllowed } from '../world/allowed.ts';
import { conforms } from './conform-run.ts';
import { buildWire } from './wire/build.ts';

/** What was kept is played first. What is being played when the time is over comes to its end within three minutes. */
const SECONDS = '160';
const PACKETS = 100_000;
const LIMIT_MS = 300_000;

type Draw = { readonly areas: string; readonly seed: string; readonly packets: number; readonly seconds: string };

/**
 * Every area, with a draw that holds; it is pinned as long as fresh ones show a difference now and then (docs/fidelity.md).
 * LEADLINE_SEED and LEADLINE_AREAS draw others, LEADLINE_CONFORM=fresh one that nobody has seen.
 */
const PINNED: readonly Draw[] = [{ areas: 'all', seed: '1b4c13eb', packets: PACKETS, seconds: SECONDS }];
const fresh = (): Draw => ({ areas: 'all', seed: randomBytes(4).toString('hex'), packets: PACKETS, seconds: SECONDS });

function draws(): readonly Draw[] {
  const { LEADLINE_AREAS: areas, LEADLINE_SEED: seed, LEADLINE_CONFORM: which } = process.env;
  if (areas !== undefined || seed !== undefined)
    return [{ areas: areas ?? 'all', seed: seed ?? '1b4c13eb', packets: 5000, seconds: SECONDS }];
  return which === 'fresh' ? [fresh()] : PINNED;
}

for (const { areas, seed, packets, seconds } of draws())
  test(`the model does what this kernel does, packet by packet and counter by counter: ${areas}, seed ${seed}`, {
    timeout: LIMIT_MS,
  }, async (context) => {
    const isRequired = process.env['LEADLINE_LAB'] === 'required';
    const allowed = await labAllowed();
    if (!allowed.allowed && !isRequired) return context.skip(`no lab here: ${allowed.reason}`);
    const wire = await buildWire();
    if (wire.is === 'missing' && !isRequired) return context.skip(`conform: ${wire.reason}`);
    await conforms(['--packets', String(packets), '--seconds', seconds, '--seed', seed, '--area', areas]);
  });
