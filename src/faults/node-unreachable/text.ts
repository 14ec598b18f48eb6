import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly address: string;
  /** The node's own device that is down, where the node was captured. */
  readonly device: string | null;
  readonly state: 'down' | 'no carrier' | 'no answer';
  /** The nodes that asked in vain. */
  readonly askers: readonly string[];
};

const askersText = (askers: readonly string[], none: string, some: (names: string) => string): string =>
  askers.length === 0 ? none : some(askers.join(', '));

export default texts<Found>({
  en: {
    what: ({ node, address, device, state }) =>
      state === 'no answer'
        ? `${node} (${address}) does not answer on the underlay`
        : `${device}, by which ${node} (${address}) is on the underlay, ${state === 'down' ? 'is down' : 'has no carrier'}`,
    why: ({ askers }) =>
      askersText(askers, 'nothing reaches the node or leaves it', (names) => `${names} asked for its address by ARP and got no answer`),
    fix: ({ device, state }) =>
      state === 'down'
        ? `set ${device} up`
        : state === 'no carrier'
          ? `look at the cable, the switch port or the virtual network of ${device}`
          : 'look whether the machine runs and is attached',
  },
  zh: {
    what: ({ node, address, device, state }) =>
      state === 'no answer'
        ? `节点 ${node}（${address}）在底层网络上没有应答`
        : `节点 ${node}（${address}）接入底层网络的网卡 ${device} ${state === 'down' ? '处于 down 状态' : '没有载波'}`,
    why: ({ askers }) => askersText(askers, '进出该节点的流量全部中断', (names) => `${names} 通过 ARP 询问其地址，均无应答`),
    fix: ({ device, state }) =>
      state === 'down'
        ? `将 ${device} 重新 up`
        : state === 'no carrier'
          ? `检查 ${device} 的网线、交换机端口或虚拟网络`
          : '检查该机器是否开机、是否接入网络',
  },
});
