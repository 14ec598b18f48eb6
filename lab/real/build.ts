import { buildFlanneld } from './build-flanneld.ts';

/** node lab/real/build.ts: builds the real components that the lab can use, once. */
const flanneld = await buildFlanneld();
console.log(flanneld.is === 'ready' ? `flanneld: ${flanneld.path}` : `flanneld: not to be had: ${flanneld.reason}`);
if (flanneld.is === 'missing') process.exitCode = 1;
