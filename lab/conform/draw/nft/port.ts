import { construct } from '../construct.ts';

/** `tcp dport`, `udp sport`, `th dport`: one, a range, a set, another one. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, pool }) => {
    const [port = 80, other = 81] = dice.shuffle(pool.ports);
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const side = dice.pick(['dport', 'dport', 'sport'] as const);
    const value = dice.pick([
      `${port}`,
      `!= ${port}`,
      `${port}-${port + 500}`,
      `{ ${port}, ${other}-${other + 2} }`,
      `>= ${port}`,
      `< ${port}`,
    ]);
    const aims = [{ [side]: port }];
    if (dice.roll(4) === 0) return { text: `meta l4proto { tcp, udp } th ${side} ${value}`, protocol, aims };
    return { text: `${protocol} ${side} ${value}`, protocol, aims };
  },
});
