import { construct } from '../construct.ts';

/** `ip ttl`, `ip6 hoplimit`. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) => {
    const ttl = 3 + dice.roll(60);
    return {
      text: `${family === 4 ? 'ip ttl' : 'ip6 hoplimit'} ${dice.pick(['<', '>', '', '!='])} ${ttl}`,
      aims: [{ ttl: ttl + dice.roll(3) - 1 }],
    };
  },
});
