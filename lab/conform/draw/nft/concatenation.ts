import { construct } from '../construct.ts';
import type { Rule } from '../rule.ts';

/** Address, protocol and port at once, in a named set. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, pool, table, here, fresh }) => {
    const set = fresh('s');
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const [address = '', ...addresses] = dice.shuffle(pool.addresses).slice(0, 4);
    const port = dice.pick(pool.ports);
    const type = `${family === 4 ? 'ipv4_addr' : 'ipv6_addr'} . inet_proto . inet_service`;
    const all = [address, ...addresses].flatMap((one) => pool.ports.map((own) => `${one} . ${protocol} . ${own}`));
    const elements = [...all, `${address} . sctp . 7`].join(', ');
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
