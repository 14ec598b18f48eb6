import { construct } from '../construct.ts';

/** `-m state`, the older name. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => {
    const states = dice.shuffle(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED']).slice(0, 1 + dice.roll(2));
    return { text: `-m state ${dice.roll(4) === 0 ? '! ' : ''}--state ${states.join(',')}` };
  },
});
