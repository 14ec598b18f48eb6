import { construct } from '../construct.ts';

const WAYS = {
  4: [
    'icmp-net-unreachable',
    'icmp-host-unreachable',
    'icmp-proto-unreachable',
    'icmp-port-unreachable',
    'icmp-net-prohibited',
    'icmp-host-prohibited',
    'icmp-admin-prohibited',
  ],
  6: ['icmp6-no-route', 'icmp6-adm-prohibited', 'icmp6-addr-unreachable', 'icmp6-port-unreachable'],
} as const;

/** `-j REJECT` with every kind of answer. */
export default construct({
  kind: 'iptables target',
  tables: ['filter'],
  hooks: ['INPUT', 'FORWARD', 'OUTPUT'],
  draw: ({ dice, family, protocol }) => {
    if (protocol === 'tcp' && dice.roll(2) === 0) return { text: '-j REJECT --reject-with tcp-reset' };
    return { text: dice.roll(4) === 0 ? '-j REJECT' : `-j REJECT --reject-with ${dice.pick<string>(WAYS[family])}` };
  },
});
