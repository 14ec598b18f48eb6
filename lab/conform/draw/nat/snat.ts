import { construct } from '../construct.ts';

/** `-j SNAT` to an address, with ports that hold the packet's own. */
export default construct({
  kind: 'iptables target',
  tables: ['nat'],
  hooks: ['POSTROUTING', 'INPUT'],
  draw: ({ dice, pool, family, protocol }) => {
    const own = protocol ?? dice.pick(['udp', 'tcp', null] as const);
    const address = dice.pick(pool.addresses);
    const shown = family === 6 ? `[${address}]` : address;
    const to = own === 'udp' || own === 'tcp' ? dice.pick([address, `${shown}:20000-60000`]) : address;
    return { text: `-j SNAT --to-source ${to}`, ...(own === null ? {} : { protocol: own }) };
  },
});
