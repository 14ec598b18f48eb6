import { construct } from '../construct.ts';

/** `oifname`, `oif`, with wildcards. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, here }) => {
    const { name } = dice.pick(here.devices);
    return { text: dice.pick([`oifname "${name}"`, `oifname != "${name}"`, `oif "${name}"`, `oifname "${name.slice(0, 2)}*"`]) };
  },
});
