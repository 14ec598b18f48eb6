import type { Dice } from '../../draw/dice.ts';
import type { ApiObject } from '../api.ts';
import { LISTENS, type Site, type SitePod } from '../site.ts';

/** A Service with its EndpointSlices, as they are given to the API, and the addresses that its balancer announces. */
export type Drawn = {
  readonly service: ApiObject;
  readonly slices: readonly ApiObject[];
  readonly balancer: readonly object[];
};

type Protocol = 'TCP' | 'UDP' | 'SCTP';
type Port = { readonly name: string; readonly protocol: Protocol; readonly port: number; readonly targetPort: number };

const NAMESPACE = 'default';

/** One in so many. */
const oneIn = (dice: Dice, sides: number): boolean => dice.roll(sides) === 0;

/** Ports that are listened on, and one that is not. */
const TARGETS: Readonly<Record<Protocol, readonly number[]>> = { TCP: [...LISTENS.tcp, 9999], UDP: [...LISTENS.udp, 9999], SCTP: [9899] };

function portsOf(dice: Dice): readonly Port[] {
  return Array.from({ length: 1 + dice.roll(3) }, (_, at) => {
    const protocol = dice.pick<Protocol>(['TCP', 'TCP', 'TCP', 'UDP', 'UDP', 'SCTP']);
    return { name: `p${at}`, protocol, port: 80 + at * 100 + dice.roll(90), targetPort: dice.pick(TARGETS[protocol]) };
  });
}

type Families = readonly ('IPv4' | 'IPv6')[];

const families = (dice: Dice): Families => dice.pick<Families>([['IPv4'], ['IPv4'], ['IPv6'], ['IPv4', 'IPv6'], ['IPv6', 'IPv4']]);

/** The number of a Service makes its outside addresses its own. */
const external = (number: number, family: string, net: 4 | 5): string =>
  family === 'IPv4' ? `198.5${net === 4 ? '1.100' : '1.101'}.${number}` : `2001:db8:${net}::${number}`;

function affinityOf(dice: Dice): object {
  return oneIn(dice, 6) ? { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } } } : {};
}

function outsideOf(dice: Dice, type: string): object {
  if (type === 'ClusterIP') return {};
  const ranges =
    type === 'LoadBalancer' && oneIn(dice, 3) ? { loadBalancerSourceRanges: ['10.10.0.0/17', '10.10.1.0/25', 'fd00:10:10:1::/121'] } : {};
  return { externalTrafficPolicy: dice.pick(['Cluster', 'Local']), ...ranges };
}

/** Draws the Service of a number. */
export function drawService(dice: Dice, number: number, site: Site): Drawn {
  const name = `s${number}`;
  const type = dice.pick(['ClusterIP', 'ClusterIP', 'NodePort', 'LoadBalancer']);
  const own = families(dice);
  const ports = portsOf(dice);
  const headless = type === 'ClusterIP' && oneIn(dice, 12);
  const service: ApiObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      type,
      ipFamilies: own,
      ipFamilyPolicy: own.length === 2 ? 'RequireDualStack' : 'SingleStack',
      ...(headless ? { clusterIP: 'None' } : {}),
      ports: ports.map(({ name: port, protocol, port: number_, targetPort }) => ({ name: port, protocol, port: number_, targetPort })),
      ...(headless ? {} : affinityOf(dice)),
      ...(oneIn(dice, 5) ? { internalTrafficPolicy: 'Local' } : {}),
      ...outsideOf(dice, type),
      ...(!headless && oneIn(dice, 4) ? { externalIPs: own.map((family) => external(number, family, 4)) } : {}),
    },
  };
  const balancer =
    type === 'LoadBalancer'
      ? own.map((family) => ({ ip: external(number, family, 5), ...(oneIn(dice, 4) ? { ipMode: 'Proxy' } : {}) }))
      : [];
  return { service, balancer, slices: own.map((family) => sliceOf(dice, name, family, ports, site)) };
}

function sliceOf(dice: Dice, service: string, family: 'IPv4' | 'IPv6', ports: readonly Port[], site: Site): ApiObject {
  const pods = dice.shuffle(site.nodes.flatMap((node) => node.pods)).slice(0, dice.pick([0, 1, 1, 2, 3, 4]));
  const left = ports.filter(() => !oneIn(dice, 8));
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${service}-${family.toLowerCase()}`,
      namespace: NAMESPACE,
      labels: { 'kubernetes.io/service-name': service, 'endpointslice.kubernetes.io/managed-by': 'lab' },
    },
    addressType: family,
    endpoints: pods.map((pod) => endpointOf(dice, pod, family)),
    ports: left.map(({ name, protocol, targetPort }) => ({ name, protocol, port: targetPort })),
  };
}

/** Ready, not yet ready, on its way out and still serving, on its way out. */
const CONDITIONS = [
  { ready: true, serving: true, terminating: false },
  { ready: true, serving: true, terminating: false },
  { ready: true, serving: true, terminating: false },
  { ready: false, serving: false, terminating: false },
  { ready: false, serving: true, terminating: true },
  { ready: false, serving: false, terminating: true },
];

const endpointOf = (dice: Dice, { addresses, node }: SitePod, family: string): object => ({
  addresses: [family === 'IPv4' ? addresses[0] : addresses[1]],
  nodeName: node,
  conditions: dice.pick(CONDITIONS),
});
