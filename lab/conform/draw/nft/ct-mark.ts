import { construct } from '../construct.ts';

/** `ct mark`, with a mask. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, pool }) => {
    const mark = dice.pick(pool.marks);
    return {
      text: dice.pick([
        `ct mark ${mark}`,
        `ct mark & ${mark} == ${mark}`,
        `ct mark and ${mark} != 0`,
        `ct mark & ${mark} == 0`,
        `ct mark != ${mark}`,
      ]),
    };
  },
});
