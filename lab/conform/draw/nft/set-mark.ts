import { construct } from '../construct.ts';

/** `meta mark set`, from constants and from itself. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, pool }) => {
    const mark = dice.pick(pool.marks);
    return {
      text: `meta mark set ${dice.pick([`${mark}`, `meta mark | ${mark}`, `meta mark & 0x${(0xffffffff ^ mark).toString(16).replace('-', '')}`, `meta mark ^ ${mark}`, 'ct mark'])}`,
    };
  },
});
