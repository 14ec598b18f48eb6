import { construct } from '../construct.ts';

/** A range of addresses, and a mask of their bits. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool }) => {
    const address = dice.pick(pool.addresses);
    if (family === 4) {
      const [a = '10', b = '0', c = '0'] = address.split('.');
      const text = dice.roll(2) === 0 ? `ip daddr ${a}.${b}.${c}.0-${a}.${b}.${c}.99` : `ip saddr & 255.255.0.255 == ${a}.${b}.0.2`;
      return { text, aims: [{ destination: address }] };
    }
    return { text: `ip6 daddr ${address}-${address.replace(/[^:]*$/, 'ffff')}`, aims: [{ destination: address }] };
  },
});
