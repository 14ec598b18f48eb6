import { construct } from '../construct.ts';

/** `-m sctp` with ports. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, pool, protocol }) => {
    if (protocol !== null && protocol !== 'sctp') return null;
    const port = dice.pick(pool.ports);
    return { text: `-m sctp ${dice.roll(3) === 0 ? '! ' : ''}--dport ${port}`, protocol: 'sctp', aims: [{ dport: port }] };
  },
});
