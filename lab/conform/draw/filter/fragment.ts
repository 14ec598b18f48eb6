import { construct } from '../construct.ts';

/** `-f` and `! -f`: whole packets are no later fragments. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, family }) => (family === 6 ? null : { text: dice.pick(['-f', '! -f', '! -f']) }),
});
