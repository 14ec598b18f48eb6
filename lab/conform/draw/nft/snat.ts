import { construct } from '../construct.ts';

/** `snat to`. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, pool, hooks, chainType, table }) => {
    if (chainType !== 'nat' || !hooks.every((hook) => hook === 'POSTROUTING' || hook === 'INPUT')) return null;
    const word = table.startsWith('inet') ? `${family === 4 ? 'ip' : 'ip6'} ` : '';
    return { text: `snat ${word}to ${dice.pick(pool.addresses)}` };
  },
});
