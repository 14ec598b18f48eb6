import { construct } from '../construct.ts';

/** `--ctproto`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => ({ text: `-m conntrack ${dice.roll(4) === 0 ? '! ' : ''}--ctproto ${dice.pick(['tcp', 'udp', 'icmp', '6'])}` }),
});
