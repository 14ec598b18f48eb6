import { construct } from '../construct.ts';

/** `ct state`: one, several, a set, not. */
export default construct({
  kind: 'nft match',
  draw: ({ dice }) => ({
    text: `ct state ${dice.pick(['new', 'established', 'established,related', 'invalid', 'untracked', '{ new, established }', '!= established', 'related,new'])}`,
  }),
});
