import { construct } from '../construct.ts';

/** `meta mark`, whole and in part. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, pool }) => {
    const mark = dice.pick(pool.marks);
    const text = dice.pick([
      `meta mark ${mark}`,
      `meta mark != ${mark}`,
      `meta mark & ${mark} == ${mark}`,
      `meta mark and 0xff == ${mark & 0xff}`,
      `meta mark { ${mark}, 0x77 }`,
    ]);
    return { text, aims: [{ mark }] };
  },
});
