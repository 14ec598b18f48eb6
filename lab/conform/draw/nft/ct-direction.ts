import { construct } from '../construct.ts';

/** `ct direction`. */
export default construct({
  kind: 'nft match',
  draw: ({ dice }) => ({ text: `ct direction ${dice.pick(['original', 'reply'])}` }),
});
