import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  /** Service ports whose rules are old here. */
  readonly services: readonly string[];
  /** How the first of them differs, in a sentence. */
  readonly deviation: string;
  /** Nodes whose rules follow the same objects. */
  readonly others: readonly string[];
  /** Whether a kube-proxy is seen to run; `null`: not told. */
  readonly runs: boolean | null;
  /** The systemd unit that runs it; `null`: none, it is a pod. */
  readonly unit: string | null;
};

const list = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} (+${names.length - 3})`;

export default texts<Found>({
  en: {
    what: ({ node, services, runs }) =>
      `${runs === false ? 'no kube-proxy runs on' : 'kube-proxy no longer follows the API on'} ${node}: its rules for ${list(services)} are old`,
    why: ({ deviation, others }) => `${deviation}; the rules of ${list(others)} are right`,
    fix: ({ unit }) => (unit === null ? 'have kubelet start kube-proxy anew: delete its pod' : `restart ${unit}`),
  },
  zh: {
    what: ({ node, services, runs }) =>
      `节点 ${node} 上${runs === false ? '没有运行 kube-proxy' : '的 kube-proxy 不再跟随 API'}：${list(services)} 的规则已过时`,
    why: ({ services, others }) => `${list(services)} 的规则与 EndpointSlice 不符，而 ${list(others)} 上的规则是正确的`,
    fix: ({ unit }) => (unit === null ? '删除该节点上的 kube-proxy Pod，由 kubelet 重新拉起' : `重启 ${unit}`),
  },
});
