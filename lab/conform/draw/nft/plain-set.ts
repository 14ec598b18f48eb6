import { construct } from '../construct.ts';

/** A named set without intervals. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool, table, here, fresh }) => {
    const set = fresh('s');
    const elements = dice.shuffle(pool.addresses).slice(0, 2);
    const text = `add set ${table} ${set} { type ${family === 4 ? 'ipv4_addr' : 'ipv6_addr'}; elements = { ${elements.join(', ')} }; }`;
    return {
      text: `${family === 4 ? 'ip' : 'ip6'} daddr @${set}`,
      before: [{ in: here.name, by: [], form: 'nft', text }],
      aims: [{ destination: elements[0] ?? '' }],
    };
  },
});
