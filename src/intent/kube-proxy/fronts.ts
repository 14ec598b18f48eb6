import { nodeAddress } from '#dataplane/endpoints';
import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import type { Service, ServicePolicy } from '#facts/service/service';
import { type Family, familyOf, type Ip, ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { map, type Seen, seen } from '#snapshot/seen';

/** An address and port at which nodes answer for a Service. */
export type Front = {
  readonly service: Service;
  readonly policy: ServicePolicy;
  /** `ns/name:port`, as kube-proxy's comments call it; without `:port` where the port has no name. */
  readonly name: string;
  readonly portName: string;
  readonly kind: 'cluster IP' | 'external IP' | 'load balancer' | 'node port';
  readonly address: Ip;
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly port: number;
};

/** `ns/name:port` of a Service port. */
export const portText = ({ namespace, name }: Pick<Service, 'namespace' | 'name'>, portName: string): string =>
  `${namespace}/${name}${portName === '' ? '' : `:${portName}`}`;

/** Every front at which a node is to answer; a Service whose policy was not told, or that another proxy serves, has none. */
export const frontsOf = (facts: Facts, node: string): Seen<readonly Front[]> => frontsAt(facts, nodeAddress(facts, node));

/** The same, with node ports at one address. */
export function frontsAt(facts: Facts, own: Ip | null): Seen<readonly Front[]> {
  const services = facts.seen('service', CLUSTER);
  if (services.is === 'gap') return services;
  const nodePorts = own === null ? [] : services.value.flatMap((service) => nodePortsOf(service, own));
  return seen([...servedFronts(facts), ...nodePorts], services.origins, services.complete);
}

/** Rules tell node ports by their numbers alone. */
const ANYWHERE = { 4: ip`0.0.0.0`, 6: ip`::` } as const;

/** The fronts of one family for which a node's rules are written, those of node ports at no address of their own. */
export const frontsIn = (facts: Facts, family: Family): Seen<readonly Front[]> =>
  map(frontsAt(facts, ANYWHERE[family]), (fronts) => fronts.filter((front) => front.family === family));

/** The same front as the objects have it now: its Service may have been changed since. */
export function frontNow(facts: Facts, node: string, { kind, name, address, port, protocol }: Front): Front | undefined {
  const fronts = frontsOf(facts, node);
  return fronts.is === 'gap'
    ? undefined
    : fronts.value.find(
        (one) => one.address === address && one.port === port && one.protocol === protocol && one.kind === kind && one.name === name,
      );
}

/** The fronts that are the same on every node. */
const servedFronts = memoised((facts: Facts): readonly Front[] => {
  const services = facts.seen('service', CLUSTER);
  return services.is === 'gap' ? [] : services.value.flatMap(addressFronts);
});

const served = (service: Service): ServicePolicy | undefined => {
  const { policy, type } = service;
  return policy === undefined || policy.headless || policy.otherProxy !== null || type === 'ExternalName' ? undefined : policy;
};

function addressFronts(service: Service): readonly Front[] {
  const policy = served(service);
  if (policy === undefined) return [];
  // it is served only in the families of its cluster addresses (pkg/proxy/servicechangetracker.go, serviceToServiceMap)
  const families = new Set(service.clusterIps.map(familyOf));
  const balancer = policy.loadBalancer.flatMap(({ address, mode }) => (address === null || mode === 'Proxy' ? [] : [address]));
  const kinds: readonly (readonly [Front['kind'], readonly Ip[]])[] = [
    ['cluster IP', service.clusterIps],
    ['external IP', policy.externalIps],
    ['load balancer', balancer],
  ];
  return namedPorts(service).flatMap((port) =>
    kinds.flatMap(([kind, addresses]) =>
      addresses
        .filter((address) => families.has(familyOf(address)))
        .map((address) => frontOf(service, policy, port, kind, address, port.port)),
    ),
  );
}

function nodePortsOf(service: Service, own: Ip): readonly Front[] {
  const policy = served(service);
  if (policy === undefined || !service.clusterIps.some((one) => familyOf(one) === familyOf(own))) return [];
  return namedPorts(service).flatMap((port) =>
    typeof port.nodePort === 'number' && port.nodePort > 0 ? [frontOf(service, policy, port, 'node port', own, port.nodePort)] : [],
  );
}

type NamedPort = Service['ports'][number] & { readonly name: string };

/** What tells a Service's policy tells the names of its ports too. */
const namedPorts = ({ ports }: Service): readonly NamedPort[] =>
  ports.flatMap(({ name, ...port }) => (name === undefined ? [] : [{ ...port, name }]));

const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const;

const frontOf = (
  service: Service,
  policy: ServicePolicy,
  { name, protocol }: NamedPort,
  kind: Front['kind'],
  address: Ip,
  port: number,
): Front => ({
  service,
  policy,
  name: portText(service, name),
  portName: name,
  kind,
  address,
  family: familyOf(address),
  protocol: PROTOCOLS[protocol],
  port,
});
