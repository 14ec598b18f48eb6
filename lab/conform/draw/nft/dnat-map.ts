import { construct } from '../construct.ts';

/** `dnat to … map`. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, pool, hooks, chainType, table }) => {
    if (chainType !== 'nat' || !hooks.every((hook) => hook === 'PREROUTING' || hook === 'OUTPUT')) return null;
    const word = table.startsWith('inet') ? `${family === 4 ? 'ip' : 'ip6'} ` : '';
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const ports = dice.shuffle(pool.ports).slice(0, 4);
    const map = `{ ${ports.map((port) => `${port} : ${dice.pick(pool.addresses)}`).join(', ')} }`;
    return { text: `dnat ${word}to ${protocol} dport map ${map}`, protocol, aims: ports.map((dport) => ({ dport })) };
  },
});
