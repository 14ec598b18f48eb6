import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly address: string;
  readonly service: string;
  /** The node that is to answer; `null`: it is not told. */
  readonly meant: string | null;
  /** The nodes that answer and do not serve. */
  readonly nodes: readonly string[];
  readonly device: string;
  readonly uplink: string;
  /** Whether the address lies on the uplink itself, so that no setting keeps it quiet. */
  readonly isOnUplink: boolean;
};

const list = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} (+${names.length - 3})`;

export default texts<Found>({
  en: {
    what: ({ address, service, nodes, device, meant }) =>
      `${list(nodes)} answer${nodes.length === 1 ? 's' : ''} ARP for ${address} of the Service ${service}, which lies on ${device}${meant === null ? '' : `; only ${meant} should`}`,
    why: ({ nodes, uplink, isOnUplink }) =>
      `whoever asks for the address takes the first answer, and what comes to ${list(nodes)} gets no endpoint there; ${
        isOnUplink ? `the address was never taken off ${uplink}` : `arp_ignore is 0, so ${uplink} answers for the addresses of all devices`
      }`,
    fix: ({ nodes, device, isOnUplink }) =>
      isOnUplink
        ? `take the address off ${device} of ${list(nodes)}`
        : `set arp_ignore to 1 and arp_announce to 2 on ${list(nodes)} (strictARP)`,
  },
  zh: {
    what: ({ address, service, nodes, device, meant }) =>
      `节点 ${list(nodes)} 对 Service ${service} 的地址 ${address}（位于 ${device}）应答 ARP${meant === null ? '' : `，而应当只有 ${meant} 应答`}`,
    why: ({ nodes, uplink, isOnUplink }) =>
      `客户端采用最先到达的 ARP 应答，流量到了 ${list(nodes)} 就没有可用的 endpoint；${
        isOnUplink ? `该地址一直留在 ${uplink} 上` : `arp_ignore 为 0，${uplink} 会替所有网卡上的地址应答`
      }`,
    fix: ({ nodes, device, isOnUplink }) =>
      isOnUplink ? `从 ${list(nodes)} 的 ${device} 上移除该地址` : `在 ${list(nodes)} 上设置 arp_ignore=1、arp_announce=2（即 strictARP）`,
  },
});
