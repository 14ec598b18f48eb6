import { construct } from '../construct.ts';

/** The addresses and ports of a connection, of either direction. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool }) => {
    const word = family === 4 ? 'ip' : 'ip6';
    const way = dice.pick(['original', 'reply']);
    if (dice.roll(3) === 0) {
      const protocol = dice.pick(['tcp', 'udp'] as const);
      return {
        text: `ct ${way} ${word} daddr ${dice.pick(pool.addresses)} meta l4proto ${protocol} ct ${way} proto-dst ${dice.pick(pool.ports)}`,
        protocol,
      };
    }
    return { text: `ct ${way} ${word} ${dice.pick(['saddr', 'daddr'])} ${dice.pick(pool.addresses)}` };
  },
});
