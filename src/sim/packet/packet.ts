import type { Ip } from '#net/ip';

/** An ICMP or ICMPv6 message; an error carries the packet that it answers. */
export type IcmpMessage = {
  readonly type: number;
  readonly code: number;
  readonly id: number;
  readonly inner?: Packet;
  /** What that packet carried, where a tunnel's was answered. */
  readonly carried?: Packet;
  readonly mtu?: number;
};

/** TCP's flags; what is left out is not set, or (the MSS that it offers) not known. */
export type TcpHeader = {
  readonly syn: boolean;
  readonly ack: boolean;
  readonly rst: boolean;
  readonly fin: boolean;
  readonly psh?: boolean;
  readonly urg?: boolean;
  readonly ece?: boolean;
  readonly cwr?: boolean;
  readonly mss?: number;
};

/** The ranges that ports of a packet were drawn from; of ICMP the source port is the id. */
export type Drawn = { readonly source?: readonly [number, number]; readonly destination?: readonly [number, number] };

/** A packet as one namespace sees it: the headers that the kernel looks at. */
export type Packet = {
  readonly source: Ip;
  readonly destination: Ip;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'icmpv6' | 'sctp' | 'ipip' | 'ipv6' | 'gre';
  /** 0 for ICMP. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tcp: TcpHeader | null;
  readonly icmp: IcmpMessage | null;
  /** Bytes of the whole IP packet. */
  readonly size: number;
  /** Do not fragment. */
  readonly df: boolean;
  readonly ttl: number;
  /** The type of service (IPv6: traffic class); 0 when left out. */
  readonly tos?: number;
  /** Ports that the kernel drew at random: the packet shows one of each range. */
  readonly drawn?: Drawn;
  /** Set on a piece of a packet: where it begins. */
  readonly fragment?: { readonly offset: number; readonly more: boolean };
  /** The packet's mark (skb->mark), gone when it leaves the namespace. */
  readonly mark: number;
};
