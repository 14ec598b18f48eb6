import { construct, type Site } from '../construct.ts';
import type { Aim } from '../packet.ts';
import { addressesOf } from '../pool.ts';
import type { Rule } from '../rule.ts';

/** Queues of every router here: to one a program listens that has not said that it wants packets, to another one that never lets them go. */
export const QUEUES = [
  { number: 21, takes: false },
  { number: 22, takes: true },
];

const HOOKS = ['prerouting', 'input', 'forward', 'forward', 'output', 'postrouting'];
/** An end passes nothing on. */
const END_HOOKS = ['prerouting', 'input', 'input', 'output', 'output', 'postrouting'];
const [UNHEARD, DEAF, HEARD] = ['9', '21', '22'];
/** So many packets are aimed at each rule. */
const AIMS = 3;

/** nft's `queue`, with and without bypass: to numbers that nobody listens to, that a program does, or several; above a rule that drops what is let past. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    const { dice, here, family, pool, fresh } = site;
    const table = `${dice.roll(3) === 0 ? 'inet' : family === 4 ? 'ip' : 'ip6'} ${fresh('t')}`;
    const hook = dice.pick(here.role === 'end' ? END_HOOKS : HOOKS);
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'nft', text });
    const aims: Aim[] = [];
    const rules = Array.from({ length: 1 + dice.roll(3) }, () => {
      const [protocol, dport] = [dice.pick(['udp', 'udp', 'tcp'] as const), dice.pick(pool.ports)];
      for (let turn = 0; turn < AIMS; turn++) aims.push({ protocol, dport, ...endsAt(site, hook) });
      const flags = dice.pick(['', 'flags bypass ', 'flags bypass ', 'flags bypass,fanout ']);
      const heard = here.role === 'router' && dice.roll(6) === 0;
      const numbers = flags.includes('fanout')
        ? '9-11'
        : heard
          ? HEARD
          : dice.pick([UNHEARD, UNHEARD, here.role === 'router' ? DEAF : UNHEARD]);
      const rule = add(`add rule ${table} c ${protocol} dport ${dport} counter queue ${flags}to ${numbers}`);
      const isPast = flags !== '' && numbers !== DEAF && numbers !== HEARD;
      return { rule, match: `${protocol} dport ${dport}`, isPast };
    });
    return {
      rules: [
        add(`add table ${table}`),
        add(`add chain ${table} c { type filter hook ${hook} priority ${dice.pick([-310, -140, 10, 60])}; policy accept; }`),
        ...rules.map(({ rule }) => rule),
        // what bypasses goes on at the next chain, not at the next rule; what ends in a queue went on without it
        ...rules.flatMap(({ match, isPast }): readonly Rule[] =>
          isPast ? [{ ...add(`add rule ${table} c ${match} counter drop`), by: ['nft/drop'] }] : [],
        ),
      ],
      aims,
    };
  },
});

/** Where a packet comes from or goes to that meets a hook here. */
function endsAt({ dice, layout, here, family }: Site, hook: string): Aim {
  const own = addressesOf(layout, here.name, family);
  if (hook === 'input' && own.length > 0) return { destination: dice.pick(own) };
  const ends = layout.namespaces.filter(({ name, role }) => role === 'end' && name !== here.name);
  const others = ends.flatMap(({ name }) => addressesOf(layout, name, family));
  if (hook === 'prerouting' || others.length === 0) return {};
  return { ...(hook === 'output' && own.length > 0 ? { source: dice.pick(own) } : {}), destination: dice.pick(others) };
}
