import { construct } from '../construct.ts';

/** `-m conntrack --ctstate`, several states at once. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => {
    const states = dice.shuffle(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'SNAT', 'DNAT']).slice(0, 1 + dice.roll(3));
    return { text: `-m conntrack ${dice.roll(4) === 0 ? '! ' : ''}--ctstate ${states.join(',')}`, aims: [{ flags: 'A' }, { flags: 'S' }] };
  },
});
