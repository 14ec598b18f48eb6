import { buildGuest } from './guest.ts';
import { kernelNamed, kernels } from './kernels.ts';

/** node lab/vm/build.ts [NAME…]: fetches the named kernels (none named: the first), and makes their guests. */
const names = process.argv.slice(2);

for (const kernel of names.length === 0 ? kernels.slice(0, 1) : names.map(kernelNamed)) {
  const guest = await buildGuest(kernel);
  console.log(`${kernel.name}: ${guest.is === 'ready' ? `${guest.release}, ${guest.initrd}` : `not to be had: ${guest.reason}`}`);
  if (guest.is === 'missing') process.exitCode = 1;
}
