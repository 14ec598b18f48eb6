import { construct } from '../construct.ts';

/** `meta length`, `ip length`. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) => {
    const size = 100 + dice.roll(300);
    const field = dice.pick(['meta length', family === 4 ? 'ip length' : 'meta length']);
    return {
      text: `${field} ${dice.pick([`> ${size}`, `<= ${size}`, `${size}-${size + 200}`])}`,
      aims: [{ size: size + dice.roll(3) - 1 }],
    };
  },
});
