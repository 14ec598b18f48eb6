import { construct, numberOf } from '../construct.ts';
import type { Rule } from '../rule.ts';

/** `update @set` and `add @set`: what a packet puts into a set, later ones of its conversation find there. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, fresh, pool }) => {
    const [ip, type] = family === 4 ? ['ip', 'ipv4_addr'] : ['ip6', 'ipv6_addr'];
    const table = `${ip} ${fresh('seen')}`;
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'nft', text });
    const key = `${ip} saddr . ${ip} daddr . meta l4proto . th sport . th dport`;
    const near = { namespace: here.name, hooks: [here.role === 'end' ? 'INPUT' : 'FORWARD'] } as const;
    const verb = dice.pick(['update', 'add']);
    return {
      rules: [
        add(`add table ${table}`),
        // both ends, the protocol and both ports: only a conversation's own packets find what it left
        add(
          `add set ${table} seen { type ${type} . ${type} . inet_proto . inet_service . inet_service; flags dynamic,timeout; timeout 10m; }`,
        ),
        add(`add chain ${table} pre { type filter hook prerouting priority ${-140 + (numberOf(table) % 30)}; }`),
        add(`add rule ${table} pre ${key} @seen counter ${dice.pick(['', 'drop', 'drop', `meta mark set ${dice.pick(pool.marks)}`])}`),
        add(`add rule ${table} pre meta l4proto { tcp, udp } counter ${verb} @seen { ${key} }`),
        add(`add rule ${table} pre ${key} @seen counter`),
      ],
      talk: { by: 'conntrack/again', aims: (['tcp', 'udp'] as const).map((protocol) => ({ protocol, near })) },
    };
  },
});
