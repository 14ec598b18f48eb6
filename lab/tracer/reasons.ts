/** The running kernel's own names of why a packet was dropped: the numbers move from version to version. */
export type Reasons = ReadonlyMap<number, string>;

/** Reads the names out of tracefs: events/skb/kfree_skb/format. */
export function reasonsIn(format: string): Reasons {
  const pairs = format.matchAll(/\{ (0x[0-9a-f]+|\d+), "(\w+)" \}/g);
  return new Map(Array.from(pairs, ([, number = '', name = '']) => [Number(number), name]));
}

/** Reasons that are no loss: a packet that was used up, or thrown out with its device. */
const NO_LOSS: ReadonlySet<string> = new Set(['QUEUE_PURGE', 'CONSUMED', 'SKB_CONSUMED', 'SOCKET_CLOSE', 'PACKET_SOCK_ERROR']);

/** Whether the kernel really lost something there. */
export function isLoss(reason: string, kernelFunction: string): boolean {
  // The raw socket of ping got its copy; what ping_rcv throws away is the one that no ping socket wanted.
  return !NO_LOSS.has(reason) && kernelFunction !== 'ping_rcv';
}
