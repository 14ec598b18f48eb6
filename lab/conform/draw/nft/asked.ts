import { construct, numberOf, type Site } from '../construct.ts';
import type { Aim } from '../packet.ts';
import { addressesOf } from '../pool.ts';
import type { Hook, Rule } from '../rule.ts';

/** A question, where it is put, the packets that it is about, and what must be there before it. */
type Question = {
  readonly asks: string;
  readonly by: string;
  readonly hook: Hook;
  readonly aims: readonly Aim[];
  readonly set?: string;
};

/** What few packets are asked decides where they pass, and drops them there: in a table of its own, with nothing else before the answer. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    const { dice, here, family, fresh } = site;
    const table = `${family === 4 ? 'ip' : 'ip6'} ${fresh('asked')}`;
    const own = 60 + (numberOf(table) % 30);
    const { asks, by, hook, aims, set } = dice.pick([socket, limit, intervals])(site);
    // no other rule takes the packet first; a socket is looked for by the packet as tracking knows it
    const priority = by === 'nft/socket' ? own : own - 390;
    const add = (text: string, constructs: readonly string[] = []): Rule => ({ in: here.name, by: constructs, form: 'nft', text });
    const near = { namespace: here.name, hooks: [hook] };
    return {
      rules: [
        add(`add table ${table}`),
        ...(set === undefined ? [] : [add(`add set ${table} asked ${set}`)]),
        add(`add chain ${table} own { type filter hook ${hook.toLowerCase()} priority ${priority}; }`),
        add(`add rule ${table} own ${asks} counter drop`, [by, 'nft/drop']),
      ],
      aims: [...aims, ...aims].map((aim) => ({ ...aim, near })),
    };
  },
});

/** What goes on from here, or is sent from here. */
const onward = ({ dice, here }: Site): Hook =>
  dice.pick<Hook>(here.role === 'end' ? ['OUTPUT', 'POSTROUTING'] : ['FORWARD', 'POSTROUTING']);

/** Kinds of sockets, and the ports on which every namespace has one of that kind and others have another. */
const SOCKETS = [
  ['transparent 1', [443, 9090]],
  ['transparent 0', [53]],
  ['wildcard 1', [443]],
  ['wildcard 0', [53, 9090]],
  ['mark 0x4', [443]],
  ['mark & 2 == 2', [9090]],
] as const;

function socket({ dice, layout, here, family }: Site): Question {
  const [kind, ports] = dice.pick(SOCKETS);
  const own = addressesOf(layout, here.name, family);
  const aims = own.flatMap((destination) => ports.map((dport) => ({ protocol: 'udp', destination, dport }) as const));
  return { asks: `meta l4proto udp socket ${kind}`, by: 'nft/socket', hook: dice.pick<Hook>(['PREROUTING', 'INPUT']), aims };
}

/** What is used up by a few packets and does not come back in a scene's seconds, and what is not used up. */
const RATES = ['1/hour burst 5 packets', '2/hour burst 40 packets', '10000/second burst 10000 packets'] as const;

function limit(site: Site): Question {
  const { dice, pool, layout, here, family } = site;
  const others = layout.namespaces.filter(({ name, role }) => role === 'end' && name !== here.name);
  const [dport, protocol] = [dice.pick(pool.ports), dice.pick(['tcp', 'udp'] as const)];
  const asks = `${protocol} dport ${dport} limit rate ${dice.pick(RATES)}`;
  return {
    asks,
    by: 'nft/limit',
    hook: onward(site),
    aims: others.flatMap(({ name }) => addressesOf(layout, name, family)).map((destination) => ({ protocol, destination, dport })),
  };
}

/** One machine's ports from one on, and everybody's below. */
function intervals(site: Site): Question {
  const { dice, family, pool } = site;
  const [port, protocol, whose] = [dice.pick(pool.ports), dice.pick(['tcp', 'udp'] as const), dice.pick(['saddr', 'daddr'])];
  const address = dice.pick(pool.addresses);
  const [ip, type, whole] = family === 4 ? ['ip', 'ipv4_addr', '10.0.0.0/8'] : ['ip6', 'ipv6_addr', 'fd00::/16'];
  const elements = `${whole} . ${port - 50}-${port - 1}, ${address} . ${port}-${port + 9000}`;
  const own = whose === 'saddr' ? { source: address } : { destination: address };
  return {
    asks: `${ip} ${whose} . ${protocol} dport @asked`,
    by: 'nft/concatenated-intervals',
    hook: onward(site),
    aims: [
      { protocol, dport: port, ...own },
      { protocol, dport: port + 20, ...own },
      { protocol, dport: port - 20 },
    ],
    set: `{ type ${type} . inet_service; flags interval; elements = { ${elements} }; }`,
  };
}
