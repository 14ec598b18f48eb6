import { construct } from '../construct.ts';
import type { Rule } from '../rule.ts';

/** Address, protocol and port at once, in a named set. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool, table, here, fresh }) => {
    const set = fresh('s');
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const [address = '', port = 80] = [dice.pick(pool.addresses), dice.pick(pool.ports)];
    const type = `${family === 4 ? 'ipv4_addr' : 'ipv6_addr'} . inet_proto . inet_service`;
    const elements = `${address} . ${protocol} . ${port}, ${dice.pick(pool.addresses)} . sctp . 7`;
    const before: Rule = {
      in: here.name,
      by: [],
      form: 'nft',
      text: `add set ${table} ${set} { type ${type}; elements = { ${elements} }; }`,
    };
    return {
      text: `${family === 4 ? 'ip' : 'ip6'} daddr . meta l4proto . th dport @${set}`,
      protocol,
      before: [before],
      aims: [{ destination: address, dport: port }],
    };
  },
});
