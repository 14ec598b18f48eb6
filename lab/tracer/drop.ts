/** The header fields by which a packet is known again. */
export interface Packet {
  readonly protocol: 'arp' | 'icmp' | 'tcp' | 'udp' | number;
  readonly from: string;
  readonly to: string;
  /** TCP and UDP ports. */
  readonly ports?: { readonly from: number; readonly to: number };
  readonly icmp?: { readonly type: number; readonly code: number; readonly id: number };
  /** IP's identification field: copies of one packet share it. */
  readonly id: number;
  readonly length: number;
}

/** One line of drops.bt: a packet that the kernel threw away. */
export interface RawDrop {
  /** Nanoseconds of the monotonic clock, the one of `process.hrtime.bigint()`. */
  readonly at: bigint;
  /** The network namespace's inode; 0 where the packet had neither device nor socket. */
  readonly inode: number;
  readonly device: string;
  readonly packet: Packet;
  /** What a VXLAN packet carried. */
  readonly inner?: Packet;
  readonly reason: number;
  readonly kernelFunction: string;
}

/** Reads the printed lines; an inner packet's line comes right before its carrier's. */
export function dropReader(): (line: string) => RawDrop | undefined {
  const inner = new Map<string, Packet>();
  return (line) => {
    const [kind, at = '', ...fields] = line.split(' ');
    if (kind === 'I') inner.set(at, packetOf(fields));
    if (kind !== 'D') return undefined;
    const [inode, device = '', family, ...rest] = fields;
    const [reason, kernelFunction = ''] = rest.slice(7);
    const packet = family === 'arp' ? { ...packetOf(rest), protocol: 'arp' as const } : packetOf(rest);
    const carried = inner.get(at);
    inner.delete(at);
    const drop = { at: BigInt(at), inode: Number(inode), device, packet, reason: Number(reason), kernelFunction };
    return carried === undefined ? drop : { ...drop, inner: carried };
  };
}

const PROTOCOLS: ReadonlyMap<number, Packet['protocol']> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
]);

function packetOf([number, from = '', to = '', first, second, id, length]: readonly string[]): Packet {
  const protocol = PROTOCOLS.get(Number(number)) ?? Number(number);
  const packet = { protocol, from, to, id: Number(id), length: Number(length) };
  if (protocol === 'icmp') return { ...packet, icmp: { type: Number(first) >> 8, code: Number(first) & 255, id: Number(second) } };
  if (protocol === 'tcp' || protocol === 'udp') return { ...packet, ports: { from: Number(first), to: Number(second) } };
  return packet;
}
