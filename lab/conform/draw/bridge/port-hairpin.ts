import { bridgeLines } from '../bridge-lines.ts';

/** A port that gives frames back where they came from: those for the other end, which an entry puts behind it. */
export default bridgeLines((dice) => {
  const [own = 2, other = 3] = dice.shuffle([2, 3]);
  const behind = [`bridge link set dev p${other} learning off`, `bridge fdb replace 02:00:00:00:01:0${other} dev p${own} master static`];
  return { runs: [...(dice.roll(4) === 0 ? [] : behind), `bridge link set dev p${own} hairpin on`], end: other };
});
