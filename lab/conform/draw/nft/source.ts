import { construct } from '../construct.ts';

/** `ip saddr`, with prefixes, ranges and negation. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool }) => {
    const not = dice.roll(5) === 0 ? '!= ' : '';
    return {
      text: `${family === 4 ? 'ip' : 'ip6'} saddr ${not}${dice.pick(dice.roll(2) === 0 ? pool.addresses : pool.prefixes)}`,
    };
  },
});
