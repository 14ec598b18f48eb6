import { BROADCAST_MAC, ZERO_MAC } from '#net/mac';
import type { ArpEnd, ArpMessage } from './arp-message.ts';
import { gapOf, type NftContext } from './context.ts';
import { address } from './address.ts';
import { one, type Read } from './value.ts';

const OPERATIONS = { request: 1, reply: 2 } as const;
/** Ethernet and IPv4, with the lengths of their addresses. */
const [ETHERNET, IPV4, MAC_BYTES, IP_BYTES] = [1, 0x0800, 6, 4];
const ETHER_TYPE = 0x0806;
const ARP = 3;

/** A field of what ARP says, or of the frame around it; it has no other headers (net/netfilter/nft_payload.c). */
export function readArp(context: NftContext, message: ArpMessage, protocol: string, field: string): Read {
  const { operation, sender, target } = message;
  if (protocol === 'ether') return frameField(context, message, field);
  if (protocol !== 'arp') return 'break';
  switch (field) {
    case 'htype':
      return one(ETHERNET);
    case 'ptype':
      return one(IPV4);
    case 'hlen':
      return one(MAC_BYTES);
    case 'plen':
      return one(IP_BYTES);
    case 'operation':
      return one(OPERATIONS[operation]);
    case 'saddr ip':
      return address(sender.ip);
    case 'daddr ip':
      return address(target.ip);
    case 'saddr ether':
      return macOf(context, sender);
    case 'daddr ether':
      // who asks does not know it yet
      return operation === 'request' ? address(ZERO_MAC) : macOf(context, target);
    default:
      return gapOf(context, `the arp ${field} is not modelled`);
  }
}

const macOf = (context: NftContext, { ip, mac }: ArpEnd): Read =>
  mac === undefined ? gapOf(context, `with which Ethernet address ${ip} answers is not known`) : address(mac);

/** What goes out has no header yet that could be asked (skb_mac_header_was_set). */
function frameField(context: NftContext, message: ArpMessage, field: string): Read {
  if (context.in === null) return 'break';
  if (field === 'saddr') return macOf(context, message.sender);
  if (field === 'daddr') return message.operation === 'request' ? address(BROADCAST_MAC) : macOf(context, message.target);
  return field === 'type' ? one(ETHER_TYPE) : 'break';
}

const BROADCAST = 1;

/** What the kernel keeps beside such a message, where that is other than of an IP packet; nothing where it is not. */
export function readArpMeta({ in: device }: NftContext, { operation }: ArpMessage, key: string): Read | undefined {
  switch (key) {
    case 'nfproto':
      return one(ARP);
    case 'protocol':
      return one(ETHER_TYPE);
    // of no transport is told (nft_set_pktinfo_unspec)
    case 'l4proto':
      return 'break';
    case 'pkttype':
      return one(device !== null && operation === 'request' ? BROADCAST : 0);
    default:
      return undefined;
  }
}
