import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly service: string;
  readonly pods: readonly string[];
  readonly count: number;
};

export default texts<Found>({
  en: {
    what: ({ service, count }) =>
      `${count === 1 ? 'the only pod' : `all ${count} pods`} behind the Service ${service} ${count === 1 ? 'is' : 'are'} not ready`,
    why: ({ pods, count }) =>
      `${pods.join(', ')}${count > pods.length ? ` (+${count - pods.length})` : ''} run and fail their readiness, so no endpoint is left and every node refuses the Service`,
    fix: () => 'make the pods ready: what their readiness probe asks for decides',
  },
  zh: {
    what: ({ service, count }) => `Service ${service} 后面的 ${count} 个 Pod 全部未就绪`,
    why: ({ pods, count }) =>
      `${pods.join('、')} 等 ${count} 个 Pod 在运行但就绪探针失败，没有可用的 endpoint，各节点都会拒绝访问该 Service`,
    fix: () => '让 Pod 恢复就绪：取决于其 readinessProbe 检查的内容',
  },
});
