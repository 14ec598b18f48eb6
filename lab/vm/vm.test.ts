import { test } from 'node:test';
import { conforms } from '../conform/conform-run.ts';
import { buildGuest } from './guest.ts';
import { kernels } from './kernels.ts';

const PACKETS = '2000';
/** A pinned draw; LEADLINE_SEED draws another. */
const SEED = process.env['LEADLINE_SEED'] ?? 'guest1';
const LIMIT_MS = 600_000;

test('the model does what the kernel of Debian 12 does where this one lacks the modules', { timeout: LIMIT_MS }, async (context) => {
  const [kernel] = kernels;
  if (kernel === undefined) throw new Error('no kernel is listed');
  const guest = await buildGuest(kernel);
  if (guest.is === 'missing') return context.skip(`${kernel.name}: ${guest.reason}`);
  await conforms(['--kernel', kernel.name, '--packets', PACKETS, '--seed', SEED]);
});
