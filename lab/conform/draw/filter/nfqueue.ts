import { construct } from '../construct.ts';

/** `-j NFQUEUE`: nobody listens here, so the packet is dropped, or goes on at the next hook with --queue-bypass. */
export default construct({
  kind: 'iptables target',
  tables: ['filter', 'mangle'],
  hooks: ['INPUT', 'FORWARD', 'OUTPUT'],
  draw: ({ dice }) => (dice.roll(6) > 0 ? null : { text: `-j NFQUEUE --queue-num 9${dice.roll(2) === 0 ? ' --queue-bypass' : ''}` }),
});
