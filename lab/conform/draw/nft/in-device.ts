import { construct } from '../construct.ts';

/** `iifname`, `iif`, with wildcards. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, here }) => {
    const { name } = dice.pick(here.devices);
    return {
      text: dice.pick([
        `iifname "${name}"`,
        `iifname != "${name}"`,
        `iif "${name}"`,
        `iifname "${name.slice(0, 2)}*"`,
        `iifname { "${name}", "lo" }`,
      ]),
    };
  },
});
