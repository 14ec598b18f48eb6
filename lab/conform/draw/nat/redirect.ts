import { construct } from '../construct.ts';

/** `-j REDIRECT`, with a port and without. */
export default construct({
  kind: 'iptables target',
  tables: ['nat'],
  hooks: ['PREROUTING', 'OUTPUT'],
  draw: ({ dice, pool, protocol }) => {
    const own = protocol ?? dice.pick(['udp', 'tcp'] as const);
    if (own !== 'udp' && own !== 'tcp') return null;
    return { text: `-j REDIRECT${dice.pick(['', ` --to-ports ${dice.pick(pool.ports)}`, ' --to-ports 53-60'])}`, protocol: own };
  },
});
