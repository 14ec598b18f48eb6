import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly address: string;
  /** The pods that hold it. */
  readonly holders: readonly string[];
  /** The one that should not, where the evidence tells. */
  readonly intruder: string | null;
};

export default texts<Found>({
  en: {
    what: ({ address, holders }) => `${holders.join(' and ')} have the same address ${address}`,
    why: () => 'who answered ARP last gets the packets for both, so answers reach the wrong pod',
    fix: ({ address, intruder }) =>
      intruder === null ? `delete one of the pods, so that it gets an address of its own` : `take ${address} from ${intruder}`,
  },
  zh: {
    what: ({ address, holders }) => `${holders.join('、')} 持有相同的地址 ${address}`,
    why: () => '最后应答 ARP 的一方会收到双方的报文，回包因此送到错误的 Pod',
    fix: ({ address, intruder }) => (intruder === null ? '删除其中一个 Pod，让它重新获得地址' : `从 ${intruder} 删除地址 ${address}`),
  },
});
