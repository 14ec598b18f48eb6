import { construct, type Piece } from '../construct.ts';

/** `meta mark set`, from constants and from itself. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, pool }) => {
    const mark = dice.pick(pool.marks);
    const without = `0x${(~mark >>> 0).toString(16)}`;
    const asks = `meta mark & ${mark} == ${mark}`;
    return dice.pick<Piece>([
      { text: `meta mark set ${mark}`, asks },
      { text: `meta mark set meta mark | ${mark}`, asks },
      { text: `meta mark set meta mark & ${without}` },
      { text: `meta mark set meta mark ^ ${mark}`, asks },
      { text: 'meta mark set ct mark' },
    ]);
  },
});
