import { construct } from '../construct.ts';
import type { Rule } from '../rule.ts';

/** A named set with intervals. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool, table, here, fresh }) => {
    const set = fresh('s');
    const type = family === 4 ? 'ipv4_addr' : 'ipv6_addr';
    const address = dice.pick(pool.addresses);
    const elements = [...new Set([dice.pick(pool.prefixes), address])];
    const [side, aim] = dice.pick([
      ['saddr', { source: address }],
      ['daddr', { destination: address }],
    ] as const);
    const before: Rule = {
      in: here.name,
      by: [],
      form: 'nft',
      text: `add set ${table} ${set} { type ${type}; flags interval; auto-merge; elements = { ${elements.join(', ')} }; }`,
    };
    return {
      text: `${family === 4 ? 'ip' : 'ip6'} ${side} ${dice.roll(4) === 0 ? '!= ' : ''}@${set}`,
      before: [before],
      aims: [aim],
    };
  },
});
