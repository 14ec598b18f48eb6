import { construct } from '../construct.ts';

/** `dnat to … map`. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, pool, hooks, chainType, table }) => {
    if (chainType !== 'nat' || !hooks.every((hook) => hook === 'PREROUTING' || hook === 'OUTPUT')) return null;
    const word = table.startsWith('inet') ? `${family === 4 ? 'ip' : 'ip6'} ` : '';
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const [one = 80, other = 81] = dice.shuffle(pool.ports);
    const map = `{ ${one} : ${dice.pick(pool.addresses)}, ${other} : ${dice.pick(pool.addresses)} }`;
    return { text: `dnat ${word}to ${protocol} dport map ${map}`, protocol, aims: [{ dport: one }] };
  },
});
