import { bridgeLines } from '../bridge-lines.ts';

/** A port that frames for nobody known are not sent to, and that teaches nobody: where its end has no entry, nothing reaches it. */
export default bridgeLines((dice) => {
  const end = 2 + dice.roll(2);
  const unknown = [`bridge link set dev p${end} learning off`, `bridge fdb del 02:00:00:00:01:0${end} dev p${end} master`];
  return { runs: [...(dice.roll(4) === 0 ? [] : unknown), `bridge link set dev p${end} flood off`], end };
});
