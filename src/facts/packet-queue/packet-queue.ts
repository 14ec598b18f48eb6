import { defineKind, type Fact } from '../kind.ts';

/** A queue of packets that a program in user space decides on (net/netfilter/nfnetlink_queue.c struct nfqnl_instance). */
export type PacketQueue = Fact & {
  readonly number: number;
  /** The netlink port of the program that listens: mostly its number. */
  readonly port: number;
  /** Whether the program said what it wants of a packet; until then the kernel gives it none. */
  readonly copies: boolean;
};

export const packetQueue = defineKind<PacketQueue>()({
  id: 'packet-queue',
  is: 'a queue of packets (NFQUEUE) that a program listens to',
  key: (fact) => String(fact.number),
  volatile: ['port'],
  capture: 'cat /proc/net/netfilter/nfnetlink_queue',
});
