import { construct } from '../construct.ts';

/** `--dport` of udp or tcp: one port or a range, also negated. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, pool, protocol }) => {
    const own = protocol ?? dice.pick(['udp', 'udp', 'tcp'] as const);
    if (own !== 'udp' && own !== 'tcp') return null;
    const port = dice.pick(pool.ports);
    const shown = dice.pick([`${port}`, `${port}`, `${port}:${port + 500}`, `:${port}`, `${port}:`]);
    return { text: `-m ${own} ${dice.roll(5) === 0 ? '! ' : ''}--dport ${shown}`, protocol: own, aims: [{ dport: port }] };
  },
});
