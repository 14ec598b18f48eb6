import { construct } from '../construct.ts';

/** `dnat to` an address, a port, both. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, pool, hooks, chainType, table }) => {
    if (chainType !== 'nat' || !hooks.every((hook) => hook === 'PREROUTING' || hook === 'OUTPUT')) return null;
    const word = table.startsWith('inet') ? `${family === 4 ? 'ip' : 'ip6'} ` : '';
    const address = dice.pick(pool.addresses);
    if (dice.roll(2) === 0) return { text: `dnat ${word}to ${address}` };
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const to = family === 4 ? address : `[${address}]`;
    return { text: `meta l4proto ${protocol} dnat ${word}to ${to}:${dice.pick(pool.ports)}`, protocol };
  },
});
