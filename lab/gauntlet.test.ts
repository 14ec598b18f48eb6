import { test } from 'node:test';
import { playGauntlet } from './testing/play-gauntlet.ts';

const SECONDS = 140;
/** Jobs start for less than three minutes; the last of them may take their time. */
const LIMIT_MS = 900_000;

/** Every fault with a twin, pairs and removals; the mends of what shares its cluster are played by mends.test.ts. */
test('faults are found, proved and told from their twins', { timeout: LIMIT_MS }, (context) => playGauntlet(context, 'found', SECONDS));
