import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';

/** One end that an ARP message names; nothing where its Ethernet address is not known yet. */
export type ArpEnd = { readonly ip: Ip; readonly mac: Mac | undefined };

/** What ARP says: who sends it, and of whom (net/ipv4/arp.c arp_create). */
export type ArpMessage = { readonly operation: 'request' | 'reply'; readonly sender: ArpEnd; readonly target: ArpEnd };
