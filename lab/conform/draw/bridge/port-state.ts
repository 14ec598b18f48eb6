import { bridgeLines } from '../bridge-lines.ts';

/** A port that spanning tree holds back. */
export default bridgeLines((dice) => {
  const port = dice.pick(['p2', 'p3']);
  return { runs: [`bridge link set dev ${port} state ${dice.roll(4)}`] };
});
