/** Names of protocols: some versions of iptables print the number of one where others print its name. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    '1': 'icmp',
    '2': 'igmp',
    '4': 'ipencap',
    '6': 'tcp',
    '17': 'udp',
    '33': 'dccp',
    '41': 'ipv6',
    '47': 'gre',
    '50': 'esp',
    '51': 'ah',
    '58': 'ipv6-icmp',
    '89': 'ospf',
    '112': 'vrrp',
    '132': 'sctp',
    '136': 'udplite',
    icmpv6: 'ipv6-icmp',
    ipv4: 'ipencap',
  }),
);

/** The one spelling of a protocol, lower case. */
export const protocolName = (text: string): string => NAMES.get(text) ?? NAMES.get(text.toLowerCase()) ?? text.toLowerCase();
