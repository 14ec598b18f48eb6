import { test } from 'node:test';
import { playGauntlet } from './testing/play-gauntlet.ts';

const SECONDS = 50;
const LIMIT_MS = 600_000;

/** The same draw as the gauntlet's: each fault is broken once more, mended as its preview told, and its mend taken back. */
test('what is found is mended, and the mend does what its preview told', { timeout: LIMIT_MS }, (context) =>
  playGauntlet(context, 'mended', SECONDS),
);
