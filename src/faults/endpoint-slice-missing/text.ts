import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly service: string;
  /** Some of the pods that are in no slice, and how many there are. */
  readonly pods: readonly string[];
  readonly count: number;
  /** How many endpoints in use are listed. */
  readonly listed: number;
  /** The slice that they belong into; `null`: there is none. */
  readonly slice: string | null;
};

const some = ({ pods, count }: Found, and: string): string => `${pods.join(and)}${count > pods.length ? ` (+${count - pods.length})` : ''}`;

export default texts<Found>({
  en: {
    what: (found) =>
      `${some(found, ', ')} ${found.count === 1 ? 'is' : 'are'} ready and stand${found.count === 1 ? 's' : ''} in no EndpointSlice of ${found.service}`,
    why: ({ listed, slice }) =>
      listed === 0
        ? `${slice === null ? 'the Service has no slice' : `${slice} lists nobody`}, so every node refuses the Service although its pods are ready`
        : `the ${listed} that are listed get all of its traffic, these pods none`,
    fix: (found) => (found.slice === null ? 'have the EndpointSlice controller run again' : `list ${some(found, ', ')} in ${found.slice}`),
  },
  zh: {
    what: (found) => `${some(found, '、')} 已就绪，却不在 ${found.service} 的任何 EndpointSlice 中`,
    why: ({ listed, slice }) =>
      listed === 0
        ? `${slice === null ? '该 Service 没有 EndpointSlice' : `${slice} 中没有任何 endpoint`}，尽管 Pod 已就绪，各节点都会拒绝访问`
        : `流量全部落在已列出的 ${listed} 个 endpoint 上，这些 Pod 收不到流量`,
    fix: (found) => (found.slice === null ? '恢复 EndpointSlice 控制器' : `把 ${some(found, '、')} 写入 ${found.slice}`),
  },
});
