import { construct } from '../construct.ts';

/** `--syn`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, protocol }) => {
    if (protocol !== null && protocol !== 'tcp') return null;
    return { text: `-m tcp ${dice.roll(3) === 0 ? '! ' : ''}--syn`, protocol: 'tcp', aims: [{ flags: 'S' }, { flags: 'A' }] };
  },
});
