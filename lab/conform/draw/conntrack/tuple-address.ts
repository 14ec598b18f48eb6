import { construct } from '../construct.ts';
import { addressOf } from '../pool.ts';

/** Addresses of the two tuples: `--ctorigsrc`, `--ctorigdst`, `--ctreplsrc`, `--ctrepldst`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, pool }) => {
    const end = dice.pick(['ctorigsrc', 'ctorigdst', 'ctreplsrc', 'ctrepldst']);
    const prefix = dice.pick(pool.prefixes);
    const aims = end === 'ctorigsrc' || end === 'ctrepldst' ? [{ source: addressOf(prefix) }] : [{ destination: addressOf(prefix) }];
    return { text: `-m conntrack ${dice.roll(4) === 0 ? '! ' : ''}--${end} ${prefix}`, aims };
  },
});
