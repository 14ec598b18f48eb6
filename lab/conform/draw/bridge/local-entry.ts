import { bridgeLines } from '../bridge-lines.ts';

/** An address that the bridge takes for its own. */
export default bridgeLines((dice) => {
  const port = dice.pick(['p2', 'p3']);
  return { runs: [`bridge fdb replace 02:00:00:00:01:0${2 + dice.roll(2)} dev ${port} master permanent`] };
});
