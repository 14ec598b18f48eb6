import { construct } from '../construct.ts';

/** Bits of a header by their place. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, pool }) => {
    const port = dice.pick(pool.ports);
    const protocol = dice.pick(['tcp', 'udp'] as const);
    return { text: `meta l4proto ${protocol} @th,16,16 ${dice.roll(4) === 0 ? '!= ' : ''}${port}`, protocol, aims: [{ dport: port }] };
  },
});
