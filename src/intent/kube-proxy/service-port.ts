import type { ServicePolicy } from '#facts/service/service';
import { grouped } from '#facts/grouped';
import { type Cidr, cidrFamily, lengthOf } from '#net/cidr';
import type { Ip } from '#net/ip';
import type { Categories } from './categories.ts';
import type { Front } from './fronts.ts';

/** One port of a Service on one node in one family, with all the fronts at which it answers there. */
export type ServicePort = {
  readonly name: string;
  readonly protocol: Front['protocol'];
  readonly policy: ServicePolicy;
  readonly cluster: readonly Front[];
  readonly externalIps: readonly Front[];
  readonly balancers: readonly Front[];
  readonly nodePorts: readonly Front[];
};

/** The fronts of a node, port by port, in the order of the Services. */
export function servicePorts(fronts: readonly Front[]): readonly ServicePort[] {
  const byPort = grouped(fronts, ({ name, protocol }) => `${name} ${protocol}`);
  return [...byPort.values()].flatMap((own): readonly ServicePort[] => {
    const [first] = own;
    if (first === undefined) return [];
    const of = (kind: Front['kind']): readonly Front[] => own.filter((front) => front.kind === kind);
    return [
      {
        name: first.name,
        protocol: first.protocol,
        policy: first.policy,
        cluster: of('cluster IP'),
        externalIps: of('external IP'),
        balancers: of('load balancer'),
        nodePorts: of('node port'),
      },
    ];
  });
}

/**
 * The source ranges of a Service port in its family, where it has balancers' addresses to guard; one that holds everybody is as
 * none at all (pkg/proxy/serviceport.go, newBaseServiceInfo).
 */
export const rangesOf = ({ policy, balancers }: ServicePort): readonly Cidr[] => {
  const [balancer] = balancers;
  const own = balancer === undefined ? [] : policy.sourceRanges.filter((range) => cidrFamily(range) === balancer.family);
  return own.some((range) => lengthOf(range) === 0) ? [] : own;
};

/** Whether clients outside may come (ExternallyAccessible). */
export const isOutward = ({ externalIps, balancers, nodePorts }: ServicePort): boolean =>
  externalIps.length + balancers.length + nodePorts.length > 0;

/** What a port comes to on one node: which of its chains there are, and whom its traffic gets to. */
export type Sorted = {
  readonly categories: Categories;
  readonly usesCluster: boolean;
  readonly usesLocal: boolean;
  readonly hasInternal: boolean;
  readonly hasExternal: boolean;
};

/** Which policies need which endpoints (pkg/proxy serviceport.go UsesClusterEndpoints, UsesLocalEndpoints). */
export function sortedFor(port: ServicePort, categories: Categories): Sorted {
  const { internal, external } = port.policy;
  const { any, cluster, local } = categories;
  const isHere = local.length > 0;
  return {
    categories,
    usesCluster: cluster.length > 0 && (internal !== 'Local' || isOutward(port)),
    usesLocal: isHere && (internal === 'Local' || (external === 'Local' && isOutward(port))),
    hasInternal: any && (internal !== 'Local' || isHere),
    hasExternal: any && (external !== 'Local' || isHere),
  };
}

/** Where a node's rules are written for: its own address, and the network of the pods where kube-proxy was told (`--masquerade-all`: it matters to none). */
export type Where = { readonly nodeAddress: Ip | null; readonly clusterCidr: Cidr | null; readonly masqueradeAll: boolean };
