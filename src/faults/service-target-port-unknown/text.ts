import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly service: string;
  readonly port: string;
  /** The name that the Service asks the pods for. */
  readonly wanted: string;
  /** A pod, and the ports that its containers name: `http:8080/TCP`. */
  readonly pod: string;
  readonly ports: readonly string[];
  /** What it should be; `null`: none stands out. */
  readonly meant: string | null;
};

export default texts<Found>({
  en: {
    what: ({ service, port, wanted }) => `the target port ${wanted} of ${service}${port === '' ? '' : `:${port}`} is on none of its pods`,
    why: ({ pod, ports, wanted }) =>
      `${pod} has ${ports.length === 0 ? 'no port by a name' : ports.join(', ')}, so no port stands behind ${wanted}, and every node refuses the Service`,
    fix: ({ meant }) =>
      meant === null ? 'give the target port a name that the containers have, or its number' : `set the target port to ${meant}`,
  },
  zh: {
    what: ({ service, port, wanted }) => `${service}${port === '' ? '' : `:${port}`} 的 targetPort ${wanted} 在其 Pod 上不存在`,
    why: ({ pod, ports, wanted }) =>
      `${pod} 的端口为 ${ports.length === 0 ? '（没有命名端口）' : ports.join('、')}，${wanted} 找不到对应端口，各节点都会拒绝访问该 Service`,
    fix: ({ meant }) => (meant === null ? '将 targetPort 改为容器已有的端口名或端口号' : `将 targetPort 改为 ${meant}`),
  },
});
