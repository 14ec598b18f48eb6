import { construct } from '../construct.ts';
import type { Rule } from '../rule.ts';

/** A concatenation whose parts are intervals. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool, table, here, fresh }) => {
    const set = fresh('s');
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const [prefix, port] = [dice.pick(pool.prefixes), dice.pick(pool.ports)];
    const type = `${family === 4 ? 'ipv4_addr' : 'ipv6_addr'} . inet_service`;
    const elements = `${prefix} . ${port}-${port + 9000}`;
    const before: Rule = {
      in: here.name,
      by: [],
      form: 'nft',
      text: `add set ${table} ${set} { type ${type}; flags interval; elements = { ${elements} }; }`,
    };
    return {
      text: `${family === 4 ? 'ip' : 'ip6'} ${dice.pick(['saddr', 'daddr'])} . ${protocol} dport @${set}`,
      protocol,
      before: [before],
      aims: [{ dport: port }],
    };
  },
});
