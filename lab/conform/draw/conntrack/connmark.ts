import { construct } from '../construct.ts';

/** `-m connmark`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, pool }) => {
    const mark = dice.pick([0, ...pool.marks]);
    const mask = dice.roll(2) === 0 ? '' : `/0x${(mark | dice.pick(pool.marks)).toString(16)}`;
    return { text: `-m connmark ${dice.roll(4) === 0 ? '! ' : ''}--mark 0x${mark.toString(16)}${mask}` };
  },
});
