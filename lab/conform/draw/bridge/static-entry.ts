import { bridgeLines } from '../bridge-lines.ts';

/** An address that is fixed behind its port by hand, or behind the other one: there the first frame from it would mend that, so its port learns nothing. */
export default bridgeLines((dice) => {
  const [own = 2, other = 3] = dice.shuffle([2, 3]);
  const entry = (port: number): string => `bridge fdb replace 02:00:00:00:01:0${own} dev p${port} master static`;
  return { runs: dice.roll(3) === 0 ? [entry(own)] : [`bridge link set dev p${own} learning off`, entry(other)], end: own };
});
