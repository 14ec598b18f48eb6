import { construct } from '../construct.ts';
import { addressOf } from '../pool.ts';
import type { Rule } from '../rule.ts';

/** A concatenation whose parts are intervals: one network's ports from one on, everybody's below. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool, table, here, fresh }) => {
    const set = fresh('s');
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const [prefix, port] = [dice.pick(pool.prefixes), dice.pick(pool.ports)];
    const [type, whole] = family === 4 ? ['ipv4_addr', '10.0.0.0/8'] : ['ipv6_addr', 'fd00::/16'];
    const whose = dice.pick(['saddr', 'daddr']);
    const all =
      dice.roll(2) === 0
        ? `${whole} . ${port - 50}-${port - 1}, `
        : `${whole} . ${port - 50}-${port - 1}, ${whole} . ${port + 9001}-65535, `;
    const before: Rule = {
      in: here.name,
      by: [],
      form: 'nft',
      text: `add set ${table} ${set} { type ${type} . inet_service; flags interval; elements = { ${all}${prefix} . ${port}-${port + 9000} }; }`,
    };
    const address = addressOf(prefix);
    return {
      text: `${family === 4 ? 'ip' : 'ip6'} ${whose} . ${protocol} dport @${set}`,
      protocol,
      before: [before],
      aims: [
        { dport: port, ...(whose === 'saddr' ? { source: address } : { destination: address }) },
        { dport: port - 1 },
        { dport: port - 20 },
      ],
    };
  },
});
