import { construct } from '../construct.ts';

/** The addresses and ports of a connection, of either direction. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool }) => {
    const word = family === 4 ? 'ip' : 'ip6';
    const way = dice.pick(['original', 'reply']);
    if (dice.roll(3) === 0) {
      const protocol = dice.pick(['tcp', 'udp'] as const);
      const [destination, dport] = [dice.pick(pool.addresses), dice.pick(pool.ports)];
      return {
        text: `ct ${way} ${word} daddr ${destination} meta l4proto ${protocol} ct ${way} proto-dst ${dport}`,
        protocol,
        aims: [{ destination, dport }],
      };
    }
    const [whose, address] = [dice.pick(['saddr', 'daddr']), dice.pick(pool.addresses)];
    const not = dice.roll(4) === 0 ? '!= ' : '';
    const isSource = (whose === 'saddr') === (way === 'original');
    return { text: `ct ${way} ${word} ${whose} ${not}${address}`, aims: [isSource ? { source: address } : { destination: address }] };
  },
});
