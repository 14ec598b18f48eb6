import { construct } from '../construct.ts';

/** `-m iprange` of either end. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, family, pool }) => {
    const address = dice.pick(pool.addresses);
    const cut = address.lastIndexOf(family === 4 ? '.' : ':') + 1;
    const base = family === 4 ? 10 : 16;
    const high = Math.min(Number.parseInt(address.slice(cut) || '0', base) + dice.roll(3), 255);
    const end = dice.pick(['src', 'dst']);
    const aims = end === 'src' ? [{ source: address }] : [{ destination: address }];
    const text = `--${end}-range ${address}-${address.slice(0, cut)}${high.toString(base)}`;
    return { text: `-m iprange ${dice.roll(4) === 0 ? '! ' : ''}${text}`, aims };
  },
});
