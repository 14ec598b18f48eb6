import { construct } from '../construct.ts';

/** `-m comment`, with blanks and quotes. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => ({ text: `-m comment --comment ${dice.pick(['plain', '"two words"', '"a \\"quoted\\" one"', '"-j DROP"'])}` }),
});
