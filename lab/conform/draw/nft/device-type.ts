import { construct } from '../construct.ts';

/** `meta iiftype`, `meta oiftype`. `iiftype ether` alone is what nft itself writes before Ethernet's fields: its list may leave it out. */
export default construct({
  kind: 'nft match',
  draw: ({ dice }) => ({
    text: dice.pick([
      'meta iiftype != ether',
      'meta iiftype != loopback',
      'meta oiftype ether',
      'meta oiftype != ether',
      'meta oiftype != loopback',
    ]),
  }),
});
