import { construct } from '../construct.ts';
import { addressOf } from '../pool.ts';

/** `-d`: an address or a prefix, also negated. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, pool }) => {
    const prefix = dice.pick(pool.prefixes);
    return { text: `${dice.roll(5) === 0 ? '! ' : ''}-d ${prefix}`, aims: [{ destination: addressOf(prefix) }] };
  },
});
