import { entryOf } from '#net/entry';
import type { Packet } from '../packet.ts';

/** Protocols that packets are walked with, by their numbers and by the names that lists of protocols have for them (/etc/protocols). */
const PROTOCOLS: Readonly<Record<string, Packet['protocol']>> = {
  '1': 'icmp',
  '4': 'ipip',
  '6': 'tcp',
  '17': 'udp',
  '41': 'ipv6',
  '47': 'gre',
  '50': 'esp',
  '51': 'ah',
  '58': 'icmpv6',
  '132': 'sctp',
  ah: 'ah',
  esp: 'esp',
  gre: 'gre',
  icmp: 'icmp',
  icmp6: 'icmpv6',
  icmpv6: 'icmpv6',
  ipencap: 'ipip',
  'ip-encap': 'ipip',
  ipv4: 'ipip',
  ipv6: 'ipv6',
  'ipv6-auth': 'ah',
  'ipv6-crypt': 'esp',
  'ipv6-icmp': 'icmpv6',
  sctp: 'sctp',
  tcp: 'tcp',
  udp: 'udp',
};

/** The protocol that a rule asks for; nothing for one that no packet is walked with. `ipip` is not IP in IP there: it names protocol 94. */
export const protocolOf = (text: string): Packet['protocol'] | undefined => entryOf(PROTOCOLS, text.toLowerCase());
