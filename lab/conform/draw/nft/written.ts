import { construct, numberOf } from '../construct.ts';
import type { Aim } from '../packet.ts';
import type { Rule } from '../rule.ts';

/** A rule's statements, and the constructs in them. */
type Part = readonly [text: string, ...by: string[]];

/** What a rule writes is read by the rules after it, for some of the packets, in a table of its own. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, fresh, pool }) => {
    const ip = family === 4 ? 'ip' : 'ip6';
    const table = `${ip} ${fresh('written')}`;
    const mark = dice.pick(pool.marks);
    const writings: readonly (readonly Part[])[] = [
      [
        [`meta mark set ${mark}`, 'nft/set-mark'],
        [`meta mark ${mark} counter drop`, 'nft/mark', 'nft/drop'],
      ],
      [
        [`ct mark set ${mark}`, 'nft/set-ct-mark'],
        [`ct mark ${mark} counter drop`, 'nft/ct-mark', 'nft/drop'],
      ],
      [
        [`ct mark set ${mark}`, 'nft/set-ct-mark'],
        ['meta mark set ct mark', 'nft/set-mark'],
        [`meta mark & ${mark} == ${mark} counter drop`, 'nft/mark', 'nft/drop'],
      ],
      [
        ['notrack', 'nft/notrack'],
        ['ct state untracked counter drop', 'nft/ct-state', 'nft/drop'],
      ],
      [[`meta l4proto udp socket ${dice.pick(['transparent 0', 'transparent 1', 'wildcard 1'])} counter drop`, 'nft/socket', 'nft/drop']],
      [
        [`${ip} dscp set ef`, 'nft/set-dscp'],
        [`${ip} dscp ef counter drop`, 'nft/dscp', 'nft/drop'],
      ],
    ];
    const hook = dice.pick(here.role === 'end' ? ['output', 'postrouting'] : ['forward', 'postrouting']);
    const [dport, source] = [dice.pick(pool.ports), dice.pick(pool.addresses)];
    const { some, aim } = dice.pick<{ readonly some: string; readonly aim: Aim }>([
      { some: `meta l4proto udp th dport ${dport}`, aim: { protocol: 'udp', dport } },
      { some: `meta l4proto tcp th dport ${dport}`, aim: { protocol: 'tcp', dport } },
      { some: `${ip} saddr ${source}`, aim: { source } },
    ]);
    const add = (text: string, by: readonly string[] = []): Rule => ({ in: here.name, by, form: 'nft', text });
    const own = 60 + (numberOf(table) % 30);
    // two that decide nowhere else come twice
    const writing = dice.pick([
      ...writings,
      ...writings.filter((one) => one.some(([, by]) => by === 'nft/notrack' || by === 'nft/set-dscp')),
    ]);
    const has = (id: string): boolean => writing.some(([, by]) => by === id);
    // what is not to be tracked is told before tracking; only what comes in is some socket's
    const early = here.role === 'end' ? 'output' : 'prerouting';
    const place = has('nft/notrack') ? `${early} priority ${own - 350}` : `${has('nft/socket') ? 'prerouting' : hook} priority ${own}`;
    return {
      rules: [
        add(`add table ${table}`),
        add(`add chain ${table} own { type filter hook ${place}; }`),
        ...writing.map(([text, ...by]) => add(`add rule ${table} own ${some} ${text.includes('counter') ? text : `counter ${text}`}`, by)),
      ],
      aims: [aim, aim],
    };
  },
});
