import { construct } from '../construct.ts';

/** `--sport` of udp or tcp: ranges, for the senders' own ports are many. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, protocol }) => {
    const own = protocol ?? dice.pick(['udp', 'udp', 'tcp'] as const);
    if (own !== 'udp' && own !== 'tcp') return null;
    const from = 1024 + dice.roll(40000);
    return { text: `-m ${own} ${dice.roll(4) === 0 ? '! ' : ''}--sport ${from}:${from + 20000}`, protocol: own };
  },
});
