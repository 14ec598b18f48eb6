import { construct } from '../construct.ts';

/** `-j DNAT` to an address, to an address and a port, to a port. */
export default construct({
  kind: 'iptables target',
  tables: ['nat'],
  hooks: ['PREROUTING', 'OUTPUT'],
  draw: ({ dice, pool, family, protocol }) => {
    const own = protocol ?? dice.pick(['udp', 'tcp', null] as const);
    const address = dice.pick(pool.addresses);
    const shown = family === 6 ? `[${address}]` : address;
    const withPort = own === 'udp' || own === 'tcp';
    const to = withPort ? dice.pick([address, `${shown}:${dice.pick(pool.ports)}`, `:${dice.pick(pool.ports)}`]) : address;
    return { text: `-j DNAT --to-destination ${to}`, ...(own === null ? {} : { protocol: own }) };
  },
});
