import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly service: string;
  readonly slice: string;
  /** The addresses that are none of its pods. */
  readonly addresses: readonly string[];
  /** The pod that the first of them is said to be; `null`: the slice does not say. */
  readonly pod: string | null;
  /** Where that pod is now; `null`: there is none of that name. */
  readonly now: string | null;
  /** The pod that has the first address now; `null`: nobody. */
  readonly held: string | null;
  /** How many endpoints the slice has in use. */
  readonly of: number;
};

const list = (names: readonly string[], and: string): string =>
  names.length <= 3 ? names.join(and) : `${names.slice(0, 3).join(and)} (+${names.length - 3})`;

export default texts<Found>({
  en: {
    what: ({ service, slice, addresses }) =>
      `the EndpointSlice ${slice} lists ${list(addresses, ', ')}, which ${addresses.length === 1 ? 'is no pod' : 'are no pods'} of ${service}`,
    why: ({ addresses, pod, now, held, of }) =>
      [
        pod === null ? '' : now === null ? `there is no pod ${pod} any more; ` : `the pod ${pod} has the address ${now} now; `,
        held === null ? `nobody has ${addresses[0]}` : `${addresses[0]} is the pod ${held} by now, which the Service does not select`,
        `, and the rules of every node follow the slice: ${addresses.length} in ${of} of new connections go there`,
      ].join(''),
    fix: ({ slice, addresses }) => `take ${list(addresses, ', ')} out of ${slice}`,
  },
  zh: {
    what: ({ service, slice, addresses }) => `EndpointSlice ${slice} 中的 ${list(addresses, '、')} 不是 ${service} 的 Pod`,
    why: ({ addresses, pod, now, held, of }) =>
      [
        pod === null ? '' : now === null ? `Pod ${pod} 已不存在；` : `Pod ${pod} 现在的地址是 ${now}；`,
        held === null ? `没有任何 Pod 使用 ${addresses[0]}` : `${addresses[0]} 现在属于 Service 并未选中的 Pod ${held}`,
        `；而各节点的规则都按该 EndpointSlice 转发，每 ${of} 条新连接有 ${addresses.length} 条被转到那里`,
      ].join(''),
    fix: ({ slice, addresses }) => `从 ${slice} 中移除 ${list(addresses, '、')}`,
  },
});
