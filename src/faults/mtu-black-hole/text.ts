import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly device: string;
  readonly mtu: number;
  /** What comes to it: the packet with what a tunnel puts around it. */
  readonly needed: number;
  /** A question that fails in full size and not in small. */
  readonly check: string;
  /** The packet was refused and the refusal was lost; else it was dropped on arrival. */
  readonly refused: boolean;
};

export default texts<Found>({
  en: {
    what: ({ node, device, mtu, needed }) => `${device} on ${node} takes ${mtu} bytes, and packets of ${needed} come to it`,
    why: ({ check, refused }) =>
      `${check}: a small packet is answered, a full one is ${refused ? 'refused, and the ICMP message that says so is lost' : 'dropped'} without a word, so TCP hangs on large data`,
    fix: ({ device, needed, refused }) =>
      refused
        ? 'let ICMP type 3 code 4 (fragmentation needed) through to the pods, or lower their MTU'
        : `set the MTU of ${device} to ${needed}, or lower the MTU of tunnel and pods`,
  },
  zh: {
    what: ({ node, device, mtu, needed }) => `节点 ${node} 的 ${device} 只能承载 ${mtu} 字节，而到达的报文有 ${needed} 字节`,
    why: ({ check, refused }) =>
      `${check}：小包有应答，满包${refused ? '被拒绝，而告知发送方的 ICMP 报文丢失' : '被丢弃'}且没有任何提示，TCP 传大数据时会卡住`,
    fix: ({ device, needed, refused }) =>
      refused
        ? '放行到 Pod 的 ICMP type 3 code 4（需要分片），或调小 Pod 的 MTU'
        : `将 ${device} 的 MTU 设为 ${needed}，或调小隧道与 Pod 的 MTU`,
  },
});
