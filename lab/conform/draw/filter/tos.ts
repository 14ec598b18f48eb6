import { construct } from '../construct.ts';

/** `-m tos`, with a mask. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => {
    const value = dice.pick([0x10, 0x08, 0xb8]);
    const mask = dice.pick(['', '/0xff', '/0x1c']);
    const shown = mask === '/0x1c' ? value & 0x1c : value;
    return { text: `-m tos ${dice.roll(4) === 0 ? '! ' : ''}--tos 0x${shown.toString(16)}${mask}`, aims: [{ tos: value }] };
  },
});
