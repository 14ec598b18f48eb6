import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly service: string;
  /** The Service port by its name and number: `http (80)`. */
  readonly port: string;
  readonly ready: number;
  /** The slice whose port has another name, and that name; `null`: the names fit, and no node follows. */
  readonly slice: string | null;
  readonly named: string | null;
  readonly wanted: string;
  /** The nodes that refuse. */
  readonly nodes: readonly string[];
};

const list = (names: readonly string[], and: string): string =>
  names.length <= 4 ? names.join(and) : `${names.slice(0, 4).join(and)} (+${names.length - 4})`;

export default texts<Found>({
  en: {
    what: ({ service, port, ready }) =>
      `every node refuses ${service} at port ${port}, "has no endpoints", although ${ready} ${ready === 1 ? 'is' : 'are'} listed as ready`,
    why: ({ slice, named, wanted, nodes }) =>
      slice === null
        ? `no kube-proxy follows: the rules of ${list(nodes, ', ')} are from when there was no endpoint`
        : `Service and slices are joined by the port's name: the Service calls it "${wanted}", ${slice} calls it "${named}"`,
    fix: ({ slice, wanted, nodes }) =>
      slice === null ? `start kube-proxy of ${list(nodes, ', ')} anew` : `call the port of ${slice} "${wanted}"`,
  },
  zh: {
    what: ({ service, port, ready }) =>
      `各节点都拒绝访问 ${service} 的端口 ${port}（has no endpoints），而 EndpointSlice 中有 ${ready} 个就绪的 endpoint`,
    why: ({ slice, named, wanted, nodes }) =>
      slice === null
        ? `没有 kube-proxy 在跟随：${list(nodes, '、')} 的规则还停留在没有 endpoint 的时候`
        : `Service 与 EndpointSlice 按端口名关联：Service 中为 “${wanted}”，${slice} 中为 “${named}”`,
    fix: ({ slice, wanted, nodes }) =>
      slice === null ? `重启 ${list(nodes, '、')} 的 kube-proxy` : `将 ${slice} 的端口名改为 “${wanted}”`,
  },
});
