import { construct } from '../construct.ts';

/** `-m dscp`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => {
    const value = dice.pick([0, 8, 10, 46]);
    return { text: `-m dscp ${dice.roll(4) === 0 ? '! ' : ''}--dscp 0x${value.toString(16)}`, aims: [{ tos: value << 2 }] };
  },
});
