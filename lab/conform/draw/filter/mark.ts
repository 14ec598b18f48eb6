import { construct } from '../construct.ts';

/** `-m mark`, with and without a mask. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, pool }) => {
    const mark = dice.pick([0, ...pool.marks]);
    const shown = dice.roll(2) === 0 ? `0x${mark.toString(16)}` : `0x${mark.toString(16)}/0x${(mark | dice.pick(pool.marks)).toString(16)}`;
    return { text: `-m mark ${dice.roll(5) === 0 ? '! ' : ''}--mark ${shown}` };
  },
});
