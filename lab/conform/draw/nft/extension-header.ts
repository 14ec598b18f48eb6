import { construct } from '../construct.ts';

/** `exthdr`, which packets here do not have. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) =>
    family === 6 ? { text: `exthdr ${dice.pick(['frag', 'hbh', 'dst'])} ${dice.pick(['exists', 'missing', 'missing'])}` } : null,
});
