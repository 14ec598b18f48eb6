import { construct } from '../construct.ts';

/** `-m u32`: only what comes to the same is known. */
export default construct({
  kind: 'iptables match',
  rare: true,
  draw: ({ dice, family }) => (family === 6 || dice.roll(6) > 0 ? null : { text: '-m u32 --u32 "6&0xFF=6"' }),
});
