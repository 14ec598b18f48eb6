import { construct, numberOf, type Site } from '../construct.ts';
import type { Aim } from '../packet.ts';
import type { Rule } from '../rule.ts';

/** What only a connection with another destination is, and the constructs that ask. */
type Question = readonly [text: string, ...by: string[]];

/** Where destinations are translated, before the chains of others that are. */
const EARLY = -190;

/** Some destinations are translated by a map, and a later chain asks the connection for what came of it. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    const { dice, here, family, fresh, pool } = site;
    const table = `${family === 4 ? 'ip' : 'ip6'} ${fresh('translated')}`;
    const own = numberOf(table) % 30;
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const [destination, dport = 53, ...ports] = [dice.pick(pool.addresses), ...dice.shuffle(pool.ports)];
    const map = [dport, ...ports].map((port) => `${port} : ${dice.pick(pool.addresses)}`).join(', ');
    const [early, late] = here.role === 'end' ? ['output', 'postrouting'] : ['prerouting', dice.pick(['forward', 'postrouting', 'input'])];
    const [asks, ...by] = dice.pick(questions(site, { destination, dport, protocol }));
    const add = (text: string, constructs: readonly string[] = []): Rule => ({ in: here.name, by: constructs, form: 'nft', text });
    return {
      rules: [
        add(`add table ${table}`),
        add(`add chain ${table} early { type nat hook ${early} priority ${EARLY + own}; }`),
        add(`add rule ${table} early meta l4proto ${protocol} counter dnat to ${protocol} dport map { ${map} }`, ['nft/dnat-map']),
        add(`add chain ${table} late { type filter hook ${late} priority ${60 + own}; }`),
        add(`add rule ${table} late meta l4proto ${protocol} ${asks} counter drop`, [...by, 'nft/drop']),
      ],
      aims: [
        { protocol, destination, dport },
        { protocol, dport },
      ],
    };
  },
});

function questions({ family }: Site, { destination, dport, protocol }: Aim): readonly Question[] {
  const word = family === 4 ? 'ip' : 'ip6';
  return [
    ['ct status dnat', 'nft/ct-status'],
    ['ct status & dnat == 0', 'nft/ct-status'],
    [`ct original ${word} daddr ${destination} ct original proto-dst ${dport}`, 'nft/ct-tuple'],
    [`ct original ${word} daddr ${destination} meta l4proto ${protocol}`, 'nft/ct-tuple'],
  ];
}
