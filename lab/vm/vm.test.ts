import { test } from 'node:test';
import { conforms } from '../conform/conform-run.ts';
import { buildGuest } from './guest.ts';
import { kernels } from './kernels.ts';

const PACKETS = '2000';
/**
 * Scenes that hold, of all three areas (macvlans, ipvlans, a real server that goes, a queue among them), with rules that change in the
 * middle and without; those of a row share a capture, which takes a translated processor seconds. LEADLINE_SEED draws others.
 */
const HELD = [
  ['link:gx5.1*370', 'ipvs:fresh4.1*370', 'modules:fresh4.2*370', 'link:gx4.0*370'],
  ['ipvs:wc2.4+aim@2*370', 'modules:wc2.5+aim@2*370'],
].map((row) => row.join('/'));
const SEED = process.env['LEADLINE_SEED'];
const DRAWN = SEED === undefined ? ['--scenes', HELD.join()] : ['--packets', PACKETS, '--seed', SEED];
const LIMIT_MS = 900_000;

test('the model does what the kernel of Debian 12 does where this one lacks the modules', { timeout: LIMIT_MS }, async (context) => {
  const [kernel] = kernels;
  if (kernel === undefined) throw new Error('no kernel is listed');
  const guest = await buildGuest(kernel);
  if (guest.is === 'missing') return context.skip(`${kernel.name}: ${guest.reason}`);
  await conforms(['--kernel', kernel.name, ...DRAWN]);
});
