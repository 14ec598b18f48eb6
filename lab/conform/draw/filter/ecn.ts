import { construct } from '../construct.ts';

/** `-m ecn`: the codepoint of the IP header. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => {
    const value = dice.roll(4);
    return { text: `-m ecn ${dice.roll(4) === 0 ? '! ' : ''}--ecn-ip-ect ${value}`, aims: [{ tos: value }] };
  },
});
