import { construct } from '../construct.ts';

/** `redirect`, with and without a port. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, pool, hooks, chainType }) => {
    if (chainType !== 'nat' || !hooks.every((hook) => hook === 'PREROUTING' || hook === 'OUTPUT')) return null;
    const protocol = dice.pick(['tcp', 'udp'] as const);
    return { text: `meta l4proto ${protocol} redirect${dice.roll(2) === 0 ? '' : ` to :${dice.pick(pool.ports)}`}`, protocol };
  },
});
