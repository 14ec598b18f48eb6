import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly bridge: string;
  /** The ports that frames died at. */
  readonly deadly: readonly string[];
  /** All ports of the bridge that are off, those first. */
  readonly ports: readonly string[];
  /** Whom a pod could not reach in the end: itself. */
  readonly address: string;
};

const list = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} (+${names.length - 3})`;

export default texts<Found>({
  en: {
    what: ({ node, deadly }) => `hairpin mode is off on ${list(deadly)} of ${node}: a pod does not reach itself through its own Service`,
    why: ({ bridge, address }) =>
      `when the rules pick ${address} for a connection that ${address} itself opened, ${bridge} would have to send the frame back by the port that it came in by, and drops it`,
    fix: ({ ports, bridge }) =>
      `switch hairpin mode on at ${ports.length === 1 ? list(ports) : `the ${ports.length} ports of ${bridge} that lack it`}`,
  },
  zh: {
    what: ({ node, deadly }) => `节点 ${node} 的 ${list(deadly)} 未开启 hairpin：Pod 通过自己的 Service 访问不到自己`,
    why: ({ bridge, address }) =>
      `当规则为 ${address} 自己发起的连接选中 ${address} 时，网桥 ${bridge} 需要把帧从进来的端口送回去，未开启 hairpin 时直接丢弃`,
    fix: ({ ports, bridge }) => `在 ${bridge} 的 ${ports.length} 个端口上开启 hairpin`,
  },
});
