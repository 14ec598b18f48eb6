import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly service: string;
  /** `app=webb,tier=front`. */
  readonly selector: string;
  /** The labels by which the pods that are meant differ, as the selector has them and as the pods do. */
  readonly asked: string;
  readonly there: string;
  /** Some of those pods, and how many there are. */
  readonly pods: readonly string[];
  readonly count: number;
};

export default texts<Found>({
  en: {
    what: ({ service, selector }) => `the selector of the Service ${service} (${selector}) matches no pod`,
    why: ({ asked, there, pods, count }) =>
      `${count === 1 ? `the pod ${pods[0]} has` : `${count} pods such as ${pods[0]} have`} ${there} where the selector wants ${asked}; without endpoints every node refuses the Service`,
    fix: ({ asked, there }) => `have the selector ask for ${there} instead of ${asked}`,
  },
  zh: {
    what: ({ service, selector }) => `Service ${service} 的 selector（${selector}）没有匹配到任何 Pod`,
    why: ({ asked, there, pods, count }) =>
      `${pods[0]} 等 ${count} 个 Pod 的标签是 ${there}，而 selector 要求 ${asked}；没有 endpoint，各节点都会拒绝访问该 Service`,
    fix: ({ asked, there }) => `将 selector 中的 ${asked} 改为 ${there}`,
  },
});
