import type { Dice } from '../../draw/dice.ts';
import type { Api, ApiObject } from '../api.ts';
import type { Site, SiteNode } from '../site.ts';
import { drawService } from './draw.ts';

/** A Service as the API made it: with the addresses and ports that it chose. */
export type Programmed = {
  readonly name: string;
  readonly clusterIps: readonly string[];
  readonly externalIps: readonly string[];
  readonly balancerIps: readonly string[];
  readonly healthPort: number | undefined;
  readonly ports: readonly { readonly protocol: string; readonly port: number; readonly nodePort: number | undefined }[];
};

const SERVICES = '/api/v1/namespaces/default/services';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

/** Registers the nodes, as their kubelets would. */
export async function registerNodes(api: Api, nodes: readonly SiteNode[]): Promise<void> {
  for (const { name, number, addresses } of nodes) {
    const node: ApiObject = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name } },
      spec: { podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`, `fd00:10:244:${number}::/64`] },
      status: { addresses: [...addresses.map((address) => ({ type: 'InternalIP', address })), { type: 'Hostname', address: name }] },
    };
    await api.create('/api/v1/nodes', node);
  }
}

/** Draws so many Services and gives them to the API. */
export async function programServices(api: Api, dice: Dice, count: number, site: Site): Promise<readonly Programmed[]> {
  const made: Programmed[] = [];
  for (let number = 1; number <= count; number++) {
    const { service, slices, balancer } = drawService(dice, number, site);
    const kept = await api.create(SERVICES, service);
    for (const slice of slices) await api.create(SLICES, slice);
    if (balancer.length > 0) await api.patchStatus(`${SERVICES}/${kept.metadata.name}`, { loadBalancer: { ingress: balancer } });
    made.push(programmed(kept, balancer));
  }
  return made;
}

type Spec = {
  readonly clusterIPs?: readonly string[];
  readonly externalIPs?: readonly string[];
  readonly healthCheckNodePort?: number;
  readonly ports: readonly { readonly protocol: string; readonly port: number; readonly nodePort?: number }[];
};

function programmed({ metadata, spec }: ApiObject, balancer: readonly object[]): Programmed {
  const { clusterIPs = [], externalIPs = [], healthCheckNodePort, ports } = spec as Spec; // the API's own answer
  return {
    name: metadata.name,
    clusterIps: clusterIPs.filter((one) => one !== 'None'),
    externalIps: externalIPs,
    balancerIps: balancer.map((one) => ('ip' in one ? String(one.ip) : '')),
    healthPort: healthCheckNodePort,
    ports: ports.map(({ protocol, port, nodePort }) => ({ protocol, port, nodePort })),
  };
}
