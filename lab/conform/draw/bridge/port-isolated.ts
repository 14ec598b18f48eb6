import { bridgeLines } from '../bridge-lines.ts';

/** Both ports are isolated from each other, or one alone. */
export default bridgeLines((dice) => {
  const port = dice.pick(['p2', 'p3']);
  return { runs: (dice.roll(2) === 0 ? ['p2', 'p3'] : [port]).map((one) => `bridge link set dev ${one} isolated on`) };
});
