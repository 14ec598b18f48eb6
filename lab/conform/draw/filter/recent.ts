import { construct } from '../construct.ts';

/** `-m recent`: to remember always holds. */
export default construct({
  kind: 'iptables match',
  rare: true,
  draw: ({ dice, fresh, family }) =>
    family === 6 || dice.roll(3) > 0
      ? null
      : { text: `-m recent --name ${fresh('seen')} ${dice.roll(4) === 0 ? '--rcheck' : '--set'} --rsource` },
});
