import { construct } from '../construct.ts';

/** `-j DNAT` to a range of addresses or ports: which one a hash and the port itself decide. */
export default construct({
  kind: 'iptables target',
  tables: ['nat'],
  hooks: ['PREROUTING', 'OUTPUT'],
  draw: ({ dice, family, protocol }) => {
    const own = protocol ?? dice.pick(['udp', 'tcp'] as const);
    if (own !== 'udp' && own !== 'tcp') return null;
    const net = 1 + dice.roll(2);
    const last = 2 + dice.roll(2);
    const range = family === 4 ? `10.${net}.0.1-10.${net}.0.${last}` : `fd00:${net}::1-fd00:${net}::${last}`;
    const ports = dice.pick(['', ':53-60', ':8080-8090', ':8000-9000/53']);
    const to = ports === '' ? range : family === 4 ? `${range}${ports}` : `[${range}]${ports}`;
    return { text: `-j DNAT --to-destination ${to}${dice.roll(3) === 0 ? ' --persistent' : ''}`, protocol: own };
  },
});
