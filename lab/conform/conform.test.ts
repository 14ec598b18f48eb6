import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { stateSeed } from '../testing/state-seed.ts';
import { labAllowed } from '../world/allowed.ts';
import { conforms } from './conform-run.ts';
import { buildWire } from './wire/build.ts';

/** What was kept is played first. What is being played when the time is over comes to its end within three minutes. */
const SECONDS = '160';
const PACKETS = 100_000;
const LIMIT_MS = 400_000;

type Draw = { readonly areas: string; readonly seed: string; readonly packets: number };

/**
 * Every area, with the draw of the state that is tested: each state draws what nobody chose. LEADLINE_SEED and LEADLINE_AREAS draw others,
 * LEADLINE_CONFORM=fresh one of chance.
 */
function drawn(): Draw {
  const { LEADLINE_AREAS: areas = 'all', LEADLINE_SEED: seed, LEADLINE_CONFORM: which } = process.env;
  if (areas !== 'all' || seed !== undefined) return { areas, seed: seed ?? stateSeed(), packets: 5000 };
  return { areas, seed: which === 'fresh' ? randomBytes(4).toString('hex') : stateSeed(), packets: PACKETS };
}

const { areas, seed, packets } = drawn();

test(`the model does what this kernel does, packet by packet and counter by counter: ${areas}, seed ${seed}`, {
  timeout: LIMIT_MS,
}, async (context) => {
  const isRequired = process.env['LEADLINE_LAB'] === 'required';
  const allowed = await labAllowed();
  if (!allowed.allowed && !isRequired) return context.skip(`no lab here: ${allowed.reason}`);
  const wire = await buildWire();
  if (wire.is === 'missing' && !isRequired) return context.skip(`conform: ${wire.reason}`);
  await conforms(['--packets', String(packets), '--seconds', SECONDS, '--seed', seed, '--area', areas]);
});
