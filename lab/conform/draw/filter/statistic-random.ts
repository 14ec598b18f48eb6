import { construct } from '../construct.ts';

/** `-m statistic --mode random`, also with the chances that are none. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, table, hooks }) =>
    // what nobody sees at once (a mark of the connection, a source changed in INPUT) would tell only later which way it went
    table === 'mangle' || (table === 'nat' && hooks.includes('INPUT'))
      ? null
      : {
          text: `-m statistic --mode random ${dice.roll(5) === 0 ? '! ' : ''}--probability ${dice.pick(['0', '1', '0.5', '0.33333333349'])}`,
        },
});
