import { construct } from '../construct.ts';

/** `-m hashlimit`: the model does not know it, and need not where both ways come to the same. */
export default construct({
  kind: 'iptables match',
  rare: true,
  draw: ({ dice, fresh }) =>
    dice.roll(4) > 0 ? null : { text: `-m hashlimit --hashlimit-upto 10/min --hashlimit-mode srcip --hashlimit-name ${fresh('rate')}` },
});
