import { construct } from '../construct.ts';

/** `-m length`, one value and ranges. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => {
    const size = dice.pick([80, 120, 300]);
    const shown = dice.pick([`${size}`, `${size}:${size + 100}`, `0:${size}`]);
    return { text: `-m length ${dice.roll(4) === 0 ? '! ' : ''}--length ${shown}`, aims: [{ size }, { size: size + 50 }] };
  },
});
