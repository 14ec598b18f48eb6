import { construct } from '../construct.ts';

/** `--ctdir`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => ({ text: `-m conntrack --ctdir ${dice.pick(['ORIGINAL', 'REPLY'])}` }),
});
