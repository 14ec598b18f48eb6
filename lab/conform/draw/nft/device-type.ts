import { construct } from '../construct.ts';

/** `meta iiftype`, `meta oiftype`. */
export default construct({
  kind: 'nft match',
  draw: ({ dice }) => ({ text: `meta ${dice.pick(['iiftype', 'oiftype'])} ${dice.pick(['ether', '!= ether', '!= loopback'])}` }),
});
