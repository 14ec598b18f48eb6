import { construct } from '../construct.ts';

/** `icmp type` and code. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) => {
    if (family === 4)
      return {
        text: dice.pick([
          'icmp type echo-request',
          'icmp type { echo-reply, destination-unreachable }',
          'icmp code 0',
          'icmp type != echo-request',
        ]),
        protocol: 'icmp',
      };
    return {
      text: dice.pick(['icmpv6 type echo-request', 'icmpv6 type { echo-reply, packet-too-big }', 'icmpv6 code 0']),
      protocol: 'icmpv6',
    };
  },
});
