import { construct } from '../construct.ts';

/** `ct status`. */
export default construct({
  kind: 'nft match',
  draw: ({ dice }) => ({ text: `ct status ${dice.pick(['snat', 'dnat', 'seen-reply', 'confirmed', 'dnat,snat'])}` }),
});
