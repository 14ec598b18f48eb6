import { construct } from '../construct.ts';

/** `ip daddr`, alone and in anonymous sets. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool }) => {
    const field = `${family === 4 ? 'ip' : 'ip6'} daddr`;
    const [one = '', other = ''] = dice.shuffle(pool.addresses);
    if (other === '' || dice.roll(2) === 0) return { text: `${field} ${one}`, aims: [{ destination: one }] };
    return { text: `${field} ${dice.roll(4) === 0 ? '!= ' : ''}{ ${one}, ${other} }`, aims: [{ destination: other }] };
  },
});
