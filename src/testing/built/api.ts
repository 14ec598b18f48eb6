import type { Facts } from '#facts/facts';
import type { Service, ServicePolicy } from '#facts/service/service';
import { type Ip, parseIp } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import type { BuiltCluster } from '../world-builder.ts';
import type { BuiltService } from './rules.ts';
import { type Bare, written } from './written.ts';

/** A Service's usual policy: everything that an object may leave out is left out. */
export const USUAL_POLICY: ServicePolicy = {
  headless: false,
  external: 'Cluster',
  internal: 'Cluster',
  affinitySeconds: null,
  externalIps: [],
  loadBalancer: [],
  loadBalancerClass: null,
  sourceRanges: [],
  healthCheckNodePort: null,
  publishNotReady: false,
  trafficDistribution: null,
  otherProxy: null,
  annotations: {},
};

const addressOf = (text: string): Ip => {
  const address = parseIp(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
};

const partsOf = (name: string): { readonly namespace: string; readonly service: string; readonly port: string } => {
  const [, namespace = '', service = '', port = ''] = /^([^/]+)\/([^:]+)(?::(.*))?$/.exec(name) ?? [];
  return { namespace, service, port };
};

/** The facts of a built cluster with the API's objects of its Services, pods and nodes, as `kubectl get -A -o json` lists them. */
export function withApi(cluster: BuiltCluster): Facts {
  const behind = new Set(cluster.services.flatMap(({ endpoints }) => endpoints));
  const byService = Map.groupBy(cluster.services, ({ name }) => name.split(':')[0] ?? '');
  return cluster.facts.with(
    written(
      'service',
      CLUSTER,
      'api/services',
      [...byService.values()].map((ports) => serviceOf(ports)),
    ),
    written(
      'endpoints',
      CLUSTER,
      'api/endpointslices',
      [...byService.values()].map((ports) => sliceOf(cluster, ports)),
    ),
    written(
      'pod',
      CLUSTER,
      'api/pods',
      cluster.nodes.flatMap((node) =>
        node.pods.map((pod): Bare<'pod'> => {
          const [namespace = '', name = ''] = pod.name.split('/');
          const app = name.split('-')[0] ?? '';
          const labels = { app: behind.has(pod.address) ? app : `${app}-alone` };
          const own = { uid: undefined, node: node.name, hostNetwork: false, phase: 'Running', ready: true, labels };
          return { namespace, name, addresses: [pod.address], ...own, hostIp: node.address, serviceAccount: 'default', ports: [] };
        }),
      ),
    ),
  );
}

/** Endpoints that are no pods of the Service's own namespace are kept by hand. */
const selectorOf = (namespace: string, service: string): Service['selector'] =>
  namespace === 'default' && service !== 'kubernetes' ? { app: service } : null;

function serviceOf(ports: readonly BuiltService[]): Bare<'service'> {
  const [first] = ports;
  if (first === undefined) throw new Error('a Service without ports');
  const { namespace, service } = partsOf(first.name);
  return {
    namespace,
    name: service,
    type: 'ClusterIP',
    clusterIps: [addressOf(first.clusterIp)],
    ports: ports.map(({ name, protocol, port, targetPort }): Service['ports'][number] => ({
      name: partsOf(name).port,
      protocol: protocol === 'tcp' ? 'TCP' : 'UDP',
      port,
      targetPort: String(targetPort),
      nodePort: null,
    })),
    selector: selectorOf(namespace, service),
    policy: USUAL_POLICY,
  };
}

function sliceOf(cluster: BuiltCluster, ports: readonly BuiltService[]): Bare<'endpoints'> {
  const [first] = ports;
  const { namespace, service } = partsOf(first?.name ?? '');
  const nodeOf = (address: Ip): string | null =>
    cluster.nodes.find((node) => node.address === address || node.pods.some((pod) => pod.address === address))?.name ?? null;
  const podAt = (address: Ip): string | null =>
    cluster.nodes
      .flatMap(({ pods }) => pods)
      .find((pod) => pod.address === address)
      ?.name.split('/')[1] ?? null;
  return {
    namespace,
    name: `${service}-abcde`,
    service,
    ports: ports.map(({ name, protocol, targetPort }) => ({
      name: partsOf(name).port,
      protocol: protocol === 'tcp' ? 'TCP' : 'UDP',
      port: targetPort,
    })),
    addresses: (first?.endpoints ?? []).map((address) => ({
      address,
      ready: true,
      serving: true,
      terminating: false,
      node: nodeOf(address),
      pod: podAt(address),
      zone: null,
      forZones: null,
      forNodes: null,
    })),
  };
}
