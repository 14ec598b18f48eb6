import { construct } from '../construct.ts';

/** `--ctstatus`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => {
    const status = dice.pick(['NONE', 'SEEN_REPLY', 'CONFIRMED', 'ASSURED', 'SEEN_REPLY,CONFIRMED', 'EXPECTED']);
    return { text: `-m conntrack ${dice.roll(3) === 0 ? '! ' : ''}--ctstatus ${status}` };
  },
});
