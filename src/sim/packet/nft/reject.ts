import type { NftStatement } from '#facts/nft/nft';
import type { Family } from '#net/ip';
import { entryOf } from '#net/entry';

type With = Extract<NftStatement, { does: 'reject' }>['with'];

/** Names of nft beside those of iptables' `--reject-with` (net/netfilter/nft_reject.c). */
const V4: Readonly<Record<string, string>> = {
  '0': 'net-unreachable',
  '1': 'host-unreachable',
  '2': 'proto-unreachable',
  '3': 'port-unreachable',
  '9': 'net-prohibited',
  '10': 'host-prohibited',
  '13': 'admin-prohibited',
  'prot-unreachable': 'proto-unreachable',
};
const V6: Readonly<Record<string, string>> = {
  '0': 'no-route',
  '1': 'adm-prohibited',
  '3': 'addr-unreachable',
  '4': 'port-unreachable',
  '5': 'policy-fail',
  '6': 'reject-route',
  'admin-prohibited': 'adm-prohibited',
};
/** icmpx: one name for both families. */
const BOTH: Readonly<Record<Family, Readonly<Record<string, string>>>> = {
  4: { '0': 'net-unreachable', '1': 'port-unreachable', '2': 'host-unreachable', '3': 'admin-prohibited', 'no-route': 'net-unreachable' },
  6: {
    '0': 'no-route',
    '1': 'port-unreachable',
    '2': 'addr-unreachable',
    '3': 'adm-prohibited',
    'host-unreachable': 'addr-unreachable',
    'admin-prohibited': 'adm-prohibited',
  },
};

const own = (names: Readonly<Record<string, string>>, name: string): string => entryOf(names, name) ?? name;

/** The answer of a reject, as iptables calls it; nothing where the packet is of another family. */
export function rejection(kind: With, family: Family): string | undefined {
  const prefix = family === 4 ? 'icmp' : 'icmp6';
  if (kind === null) return `${prefix}-port-unreachable`;
  const code = String(kind.code);
  switch (kind.type) {
    case 'tcp reset':
      return 'tcp-reset';
    case 'icmpx':
      return `${prefix}-${own(BOTH[family], code)}`;
    case 'icmp':
      return family === 4 ? `icmp-${own(V4, code)}` : undefined;
    case 'icmpv6':
      return family === 6 ? `icmp6-${own(V6, code)}` : undefined;
  }
}
