import { addAddress, deleteAddress } from '#actions/address/preview';
import { setLinkMaster } from '#actions/link/preview';
import { replaceRoute } from '#actions/route/preview';
import { setSysctl } from '#actions/sysctl/preview';
import type { Action } from '#change/change';
import { podBridges, podNamespaces } from '#dataplane/pods';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { plainRoute } from '#facts/route/own-routes';
import type { LeftoverPod } from '#intent/leftovers/pods';
import { type Cidr, cidr, cidrOf, contains, nthAddress } from '#net/cidr';
import { type Ip, ip } from '#net/ip';
import { onNode } from '#snapshot/scope';
import type { Pods } from './text-pods.ts';

/** The first address of a subnet is the bridge's; allocators give pods the lowest free one from the next on. */
const FIRST_POD = 2;

/** The bridge of the node's pods, with the address that is their gateway. */
function bridgeOf(facts: Facts, { pod, subnets }: LeftoverPod): FactOf<'address'> | undefined {
  const names = new Set(podBridges(facts, pod.node).map(({ name }) => name));
  const addresses = facts.seen('address', onNode(pod.node));
  return addresses.is === 'gap'
    ? undefined
    : addresses.value.find(({ dev, address }) => names.has(dev) && subnets.some((subnet) => contains(subnet, address)));
}

/** What a pod comes to that the runtime makes anew: on the bridge, with a free address of the node's range. */
function remade(facts: Facts, one: LeftoverPod, address: Ip, gateway: FactOf<'address'>): readonly Action[] {
  const { scope, device, veth, bridge, node } = one.pod;
  const byDefault = plainRoute(cidr`0.0.0.0/0`, device, {
    hops: [{ dev: device, via: gateway.address, onlink: false, weight: 1, dead: false }],
  });
  return [
    ...(veth === null || bridge === gateway.dev ? [] : [setLinkMaster(onNode(node), veth, gateway.dev)]),
    ...oldAddresses(facts, one.pod).map(({ length }) => deleteAddress(scope, device, one.pod.address, length)),
    addAddress(scope, device, address, gateway.length),
    replaceRoute(scope, byDefault),
  ];
}

function allRemade(facts: Facts, left: readonly LeftoverPod[]): readonly Action[] {
  const taken = new Set(podNamespaces(facts).flatMap(({ address }) => address ?? []));
  const freeIn = (subnet: Cidr): Ip | undefined => {
    const free = Array.from({ length: taken.size + 1 }, (_, at) => nthAddress(subnet, FIRST_POD + at)).find((one) => !taken.has(one));
    if (free !== undefined) taken.add(free);
    return free;
  };
  return left.flatMap((one) => {
    const [block] = one.subnets;
    if (one.running === 'Calico') return block === undefined ? [] : routed(facts, one, freeIn(block));
    const gateway = bridgeOf(facts, one);
    const free = gateway === undefined ? undefined : freeIn(cidrOf(gateway.address, gateway.length));
    return gateway === undefined || free === undefined ? [] : remade(facts, one, free, gateway);
  });
}

/** What every pod of Calico has for its gateway: the node's end of its veth answers for it (proxy_arp). */
const GATEWAY = ip`169.254.1.1`;

/** The same where Calico makes it: on no bridge, with an address of its own that the node has a route to. */
function routed(facts: Facts, { pod }: LeftoverPod, address: Ip | undefined): readonly Action[] {
  const { scope, device, veth, node } = pod;
  if (address === undefined || veth === null) return [];
  const byDefault = plainRoute(cidr`0.0.0.0/0`, device, { hops: [{ dev: device, via: GATEWAY, onlink: false, weight: 1, dead: false }] });
  return [
    setLinkMaster(onNode(node), veth, null),
    setSysctl(onNode(node), `net.ipv4.conf.${veth.replaceAll('.', '/')}.proxy_arp`, '1'),
    ...oldAddresses(facts, pod).map(({ length }) => deleteAddress(scope, device, pod.address, length)),
    addAddress(scope, device, address, 32),
    replaceRoute(scope, plainRoute(cidrOf(GATEWAY, 32), device)),
    replaceRoute(scope, byDefault),
    replaceRoute(onNode(node), plainRoute(cidrOf(address, 32), veth)),
  ];
}

function oldAddresses(facts: Facts, { scope, device, address }: LeftoverPod['pod']): readonly FactOf<'address'>[] {
  const own = facts.seen('address', scope);
  return own.is === 'gap' ? [] : own.value.filter((held) => held.dev === device && held.address === address);
}

/** Only their controllers can make pods anew; what that comes to is told. */
export const podsFix = ({ node, running, pods }: Pods, left: readonly LeftoverPod[], facts: Facts): Plan => ({
  steps: [],
  byHand: allRemade(facts, left),
  manual: {
    en: `delete them, and their controllers make them anew: ${pods.map((pod) => command(pod)).join('; ')}`,
    zh: `删除后由控制器重建：${pods.map((pod) => command(pod)).join('；')}`,
  },
  blast: {
    en: `these pods of ${node} start anew, with other addresses`,
    zh: `${node} 上的这些 Pod 会重启并更换地址`,
  },
  lasting: {
    en: `after a change of the pod network every pod that is not on the host's network has to be made anew (drain node by node, or reboot); see that /etc/cni/net.d holds only the configuration of ${running}`,
    zh: `更换 Pod 网络后，所有非 hostNetwork 的 Pod 都必须重建（逐节点驱逐或重启节点）；并确认 /etc/cni/net.d 中只有 ${running} 的配置`,
  },
});

/** Of a pod whose name nobody told only its namespace is known. */
const command = (pod: string): string => {
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(pod) ?? [];
  return namespace === undefined || name === undefined ? `the pod of ${pod}` : `kubectl -n ${namespace} delete pod ${name}`;
};
