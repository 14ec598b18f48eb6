import { construct } from '../construct.ts';

/** `ip dscp`. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) => {
    const [name, tos] = dice.pick([
      ['ef', 0xb8],
      ['cs1', 0x20],
      ['af21', 0x48],
      ['cs0', 0],
    ] as const);
    return { text: `${family === 4 ? 'ip' : 'ip6'} dscp ${dice.roll(4) === 0 ? '!= ' : ''}${name}`, aims: [{ tos }] };
  },
});
