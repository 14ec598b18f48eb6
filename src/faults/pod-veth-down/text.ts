import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly pod: string;
  readonly node: string;
  readonly device: string;
  /** Which end of the veth it is. */
  readonly end: 'pod' | 'node';
};

export default texts<Found>({
  en: {
    what: ({ pod, node, device, end }) => `the veth of ${pod} is down: ${device} ${end === 'pod' ? 'inside the pod' : `on ${node}`}`,
    why: () => 'a veth with one end down carries nothing, so the pod is cut off from its own node too',
    fix: ({ device, end }) => `set ${device} up${end === 'pod' ? ' inside the pod, and give it its default route back' : ''}`,
  },
  zh: {
    what: ({ pod, node, device, end }) => `${pod} 的 veth 处于 down 状态：${end === 'pod' ? 'Pod 内' : `节点 ${node} 上`}的 ${device}`,
    why: () => 'veth 任一端 down 后两端都不通，因此 Pod 与所在节点之间也断开',
    fix: ({ device, end }) => `将 ${device} 重新 up${end === 'pod' ? '，并在 Pod 内补回默认路由' : ''}`,
  },
});
