import { construct } from '../construct.ts';

/** `-m multiport` with ports of either side and ranges among them. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, pool, protocol }) => {
    const own = protocol ?? dice.pick(['udp', 'tcp'] as const);
    if (own !== 'udp' && own !== 'tcp') return null;
    const ports = dice.shuffle(pool.ports).slice(0, 2 + dice.roll(2));
    const list = ports.map((port, at) => (at === 1 && dice.roll(3) === 0 ? `${port}:${port + 100}` : `${port}`)).join(',');
    const side = dice.pick(['dports', 'dports', 'ports']);
    return { text: `-m multiport ${dice.roll(5) === 0 ? '! ' : ''}--${side} ${list}`, protocol: own, aims: [{ dport: dice.pick(ports) }] };
  },
});
