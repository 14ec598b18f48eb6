import { construct } from '../construct.ts';

/** `-m statistic --mode nth`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, table, hooks }) => {
    if (dice.roll(3) > 0) return null;
    if (table === 'mangle' || (table === 'nat' && hooks.includes('INPUT'))) return null;
    const every = 1 + dice.roll(4);
    return { text: `-m statistic --mode nth --every ${every} --packet ${dice.roll(every)}` };
  },
});
