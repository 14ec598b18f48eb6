import { construct } from '../construct.ts';

/** `-m pkttype`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => ({
    text: `-m pkttype ${dice.roll(3) === 0 ? '! ' : ''}--pkt-type ${dice.pick(['unicast', 'broadcast', 'multicast'])}`,
  }),
});
