import { serve } from '../conform/serve.ts';
import { buildGuest } from './guest.ts';
import { guestTools } from './guest-tools.ts';
import { kernelNamed } from './kernels.ts';

/** Plays in one machine. The argument is the name of its kernel. */
const guest = await buildGuest(kernelNamed(process.argv[2] ?? ''));
if (guest.is === 'missing') throw new Error(guest.reason);
await serve(() => guestTools(guest));
process.exit(0);
