import { construct } from '../construct.ts';
import type { Aim } from '../packet.ts';
import type { Rule } from '../rule.ts';

/** Queues of every router here: to one a program listens that has not said that it wants packets, to another one that never lets them go. */
export const QUEUES = [
  { number: 21, takes: false },
  { number: 22, takes: true },
];

const HOOKS = ['prerouting', 'input', 'forward', 'forward', 'output', 'postrouting'];
const [UNHEARD, DEAF, HEARD] = ['9', '21', '22'];

/** nft's `queue`, with and without bypass, above a rule that drops: to numbers that nobody listens to, that a program does, or several. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, pool, fresh }) => {
    const table = `${dice.roll(3) === 0 ? 'inet' : family === 4 ? 'ip' : 'ip6'} ${fresh('t')}`;
    const hook = dice.pick(HOOKS);
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'nft', text });
    const aims: Aim[] = [];
    const rules = Array.from({ length: 1 + dice.roll(3) }, () => {
      const [protocol, dport] = [dice.pick(['udp', 'udp', 'tcp'] as const), dice.pick(pool.ports)];
      aims.push({ protocol, dport }, { protocol, dport });
      const flags = dice.pick(['', 'flags bypass ', 'flags bypass ', 'flags bypass,fanout ']);
      const heard = here.role === 'router' && dice.roll(6) === 0;
      const numbers = flags.includes('fanout')
        ? '9-11'
        : heard
          ? HEARD
          : dice.pick([UNHEARD, UNHEARD, here.role === 'router' ? DEAF : UNHEARD]);
      return [
        add(`add rule ${table} c ${protocol} dport ${dport} counter queue ${flags}to ${numbers}`),
        `${protocol} dport ${dport}`,
      ] as const;
    });
    return {
      rules: [
        add(`add table ${table}`),
        add(`add chain ${table} c { type filter hook ${hook} priority ${dice.pick([-310, -140, 10, 60])}; policy accept; }`),
        ...rules.map(([rule]) => rule),
        // what bypasses goes on at the next chain, not at the next rule
        ...rules.map(([, match]): Rule => ({ ...add(`add rule ${table} c ${match} counter drop`), by: ['nft/drop'] })),
      ],
      aims,
    };
  },
});
