import { userlandNamed, userlands } from './list.ts';
import { unpack } from './unpack.ts';

/** node lab/userlands/build.ts [NAME…]: unpacks the named userlands, or all, and says where they are. */
const chosen = process.argv.length > 2 ? process.argv.slice(2).map(userlandNamed) : userlands;

for (const userland of chosen) {
  const unpacked = await unpack(userland);
  if (unpacked.is === 'missing') process.exitCode = 1;
  console.log(unpacked.is === 'ready' ? `${unpacked.name}: ${unpacked.root}` : `${unpacked.name}: not to be had: ${unpacked.reason}`);
}
