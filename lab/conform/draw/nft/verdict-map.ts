import { construct } from '../construct.ts';
import type { Rule } from '../rule.ts';

/** A named verdict map. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, pool, table, here, fresh }) => {
    const map = fresh('m');
    const type = family === 4 ? 'ipv4_addr' : 'ipv6_addr';
    const [one = '', other = ''] = dice.shuffle(pool.addresses);
    const elements = [
      `${one} : ${dice.pick(['drop', 'drop', 'accept', 'return'])}`,
      ...(other === '' ? [] : [`${other} : ${dice.pick(['accept', 'continue'])}`]),
    ];
    const before: Rule = {
      in: here.name,
      by: [],
      form: 'nft',
      text: `add map ${table} ${map} { type ${type} : verdict; elements = { ${elements.join(', ')} }; }`,
    };
    return { text: `${family === 4 ? 'ip' : 'ip6'} daddr vmap @${map}`, before: [before], aims: [{ destination: one }] };
  },
});
