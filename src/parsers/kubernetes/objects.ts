import type { Told } from '#facts/kind';
import type { FactOf } from '#facts/kinds';
import { type Cidr, parseCidr } from '#net/cidr';
import { type Family, type Ip, parseIp } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { booleanAt, listAt, member, numberAt, textAt, textsAt } from '../document.ts';
import { podPorts } from './pod-ports.ts';
import { protocolOf } from './protocol.ts';
import { servicePolicyOf } from './service-policy.ts';

const addressesOf = (texts: readonly unknown[]): Ip[] => texts.flatMap((text) => (typeof text === 'string' ? (parseIp(text) ?? []) : []));

const nameOf = (object: unknown): string | undefined => textAt(object, 'metadata', 'name');
const namespaceOf = (object: unknown): string => textAt(object, 'metadata', 'namespace') ?? 'default';

/** A condition of a status by its type. */
const conditionOf = (object: unknown, type: string): unknown =>
  (listAt(object, 'status', 'conditions') ?? []).find((one) => textAt(one, 'type') === type);

export function serviceOf(object: unknown, origin: Origin): FactOf<'service'> | undefined {
  const name = nameOf(object);
  if (name === undefined) return undefined;
  const ips = listAt(object, 'spec', 'clusterIPs') ?? [member(object, 'spec', 'clusterIP')];
  const ports = (listAt(object, 'spec', 'ports') ?? []).flatMap((port) => {
    const number = numberAt(port, 'port');
    const protocol = protocolOf(port);
    if (number === undefined || protocol === undefined) return [];
    const target = textAt(port, 'targetPort') ?? numberAt(port, 'targetPort')?.toString();
    return [
      {
        name: textAt(port, 'name') ?? '',
        protocol,
        port: number,
        targetPort: target ?? `${number}`,
        nodePort: numberAt(port, 'nodePort') ?? null,
      },
    ];
  });
  const selector = textsAt(object, 'spec', 'selector') ?? null;
  const spec = member(object, 'spec');
  return {
    namespace: namespaceOf(object),
    name,
    type: textAt(object, 'spec', 'type'),
    clusterIps: addressesOf(ips),
    ports,
    selector,
    ...(spec === undefined ? {} : { policy: servicePolicyOf(object) }),
    origin,
  };
}

type EndpointAddress = FactOf<'endpoints'>['addresses'][number];

const podOf = (value: unknown): string | null =>
  textAt(value, 'targetRef', 'kind') === 'Pod' ? (textAt(value, 'targetRef', 'name') ?? null) : null;

/** An Endpoints object: ready addresses and others, each with all ports of its subset. */
export function endpointsOf(object: unknown, origin: Origin): FactOf<'endpoints'> | undefined {
  const name = nameOf(object);
  if (name === undefined) return undefined;
  const subsets = listAt(object, 'subsets') ?? [];
  const read = (list: readonly unknown[] | undefined, ready: boolean): EndpointAddress[] =>
    (list ?? []).flatMap((one) => {
      const address = parseIp(textAt(one, 'ip') ?? '');
      if (address === undefined) return [];
      return [{ address, ready, serving: undefined, terminating: undefined, node: textAt(one, 'nodeName') ?? null, pod: podOf(one) }];
    });
  const addresses = subsets.flatMap((one) => [...read(listAt(one, 'addresses'), true), ...read(listAt(one, 'notReadyAddresses'), false)]);
  const ports = portsOf(subsets.flatMap((one) => listAt(one, 'ports') ?? []));
  return { namespace: namespaceOf(object), name, service: name, ports, addresses, origin };
}

function portsOf(list: readonly unknown[]): FactOf<'endpoints'>['ports'] {
  const seen = new Map<string, FactOf<'endpoints'>['ports'][number]>();
  for (const port of list) {
    const protocol = protocolOf(port);
    if (protocol === undefined) continue;
    const one = { name: textAt(port, 'name') ?? '', protocol, port: numberAt(port, 'port') ?? null };
    seen.set(JSON.stringify(one), one);
  }
  return [...seen.values()];
}

/** Where an endpoint is, and for whom the control plane keeps it (discovery/v1 EndpointHints). */
function hintsOf(endpoint: unknown): Pick<EndpointAddress, 'zone' | 'forZones' | 'forNodes'> {
  const names = (list: readonly unknown[] | undefined): readonly string[] | null =>
    list === undefined ? null : list.flatMap((one) => textAt(one, 'name') ?? []);
  return {
    zone: textAt(endpoint, 'zone') ?? textAt(endpoint, 'topology', 'topology.kubernetes.io/zone') ?? null,
    forZones: names(listAt(endpoint, 'hints', 'forZones')),
    forNodes: names(listAt(endpoint, 'hints', 'forNodes')),
  };
}

const ADDRESS_TYPES: Readonly<Record<string, Family>> = { IPv4: 4, IPv6: 6 };

/**
 * An EndpointSlice. Conditions that are left out mean ready and serving; of an endpoint's addresses the first alone counts, for
 * kube-proxy does not look at others (discovery/v1 Endpoint; pkg/proxy/endpointslicecache.go, addEndpoints).
 */
export function sliceOf(object: unknown, origin: Origin): FactOf<'endpoints'> | undefined {
  const name = nameOf(object);
  if (name === undefined) return undefined;
  const addresses = (listAt(object, 'endpoints') ?? []).flatMap((one) => {
    const ready = booleanAt(one, 'conditions', 'ready') ?? true;
    const serving = booleanAt(one, 'conditions', 'serving') ?? true;
    const terminating = booleanAt(one, 'conditions', 'terminating') ?? false;
    const node = textAt(one, 'nodeName') ?? textAt(one, 'topology', 'kubernetes.io/hostname') ?? null;
    return addressesOf((listAt(one, 'addresses') ?? []).slice(0, 1)).map(
      (address): EndpointAddress => ({ address, ready, serving, terminating, node, pod: podOf(one), ...hintsOf(one) }),
    );
  });
  const service = textsAt(object, 'metadata', 'labels')?.['kubernetes.io/service-name'] ?? '';
  const type = textAt(object, 'addressType');
  const family = type === undefined ? undefined : (ADDRESS_TYPES[type] ?? null);
  return { namespace: namespaceOf(object), name, service, family, ports: portsOf(listAt(object, 'ports') ?? []), addresses, origin };
}

export function podFact(object: unknown, origin: Origin): FactOf<'pod'> | undefined {
  const name = nameOf(object);
  if (name === undefined) return undefined;
  const ips = [...(listAt(object, 'status', 'podIPs') ?? []).map((one) => textAt(one, 'ip')), textAt(object, 'status', 'podIP')];
  const ready = conditionOf(object, 'Ready');
  const status = member(object, 'status');
  return {
    namespace: namespaceOf(object),
    name,
    uid: textAt(object, 'metadata', 'uid'),
    node: textAt(object, 'spec', 'nodeName') ?? null,
    addresses: [...new Set(addressesOf(ips))],
    hostNetwork: booleanAt(object, 'spec', 'hostNetwork') ?? false,
    phase: textAt(object, 'status', 'phase'),
    ready: ready === undefined ? (status === undefined ? undefined : false) : textAt(ready, 'status') === 'True',
    labels: textsAt(object, 'metadata', 'labels') ?? {},
    hostIp: parseIp(textAt(object, 'status', 'hostIP') ?? '') ?? null,
    serviceAccount: textAt(object, 'spec', 'serviceAccountName') ?? textAt(object, 'spec', 'serviceAccount') ?? 'default',
    ports: podPorts(object),
    origin,
  };
}

type Ready = Exclude<Told<FactOf<'node'>['ready']>, undefined>;

function readyOf(object: unknown): Ready {
  const one = conditionOf(object, 'Ready');
  if (one === undefined) return null;
  return {
    status: textAt(one, 'status') ?? '',
    reason: textAt(one, 'reason') ?? '',
    message: textAt(one, 'message') ?? '',
    lastHeartbeat: textAt(one, 'lastHeartbeatTime') ?? null,
    lastTransition: textAt(one, 'lastTransitionTime') ?? null,
  };
}

const cidrsOf = (object: unknown): Cidr[] => {
  const texts = [...(listAt(object, 'spec', 'podCIDRs') ?? []), member(object, 'spec', 'podCIDR')];
  return [...new Set(texts.flatMap((text) => (typeof text === 'string' ? (parseCidr(text) ?? []) : [])))];
};

export function nodeFact(object: unknown, origin: Origin): FactOf<'node'> | undefined {
  const name = nameOf(object);
  if (name === undefined) return undefined;
  const internal = (listAt(object, 'status', 'addresses') ?? []).filter((one) => textAt(one, 'type') === 'InternalIP');
  // the copy that kubectl keeps of an applied object may hold anything
  const annotations = Object.entries(textsAt(object, 'metadata', 'annotations') ?? {}).filter(
    ([key]) => !key.includes('last-applied-configuration'),
  );
  return {
    name,
    internalIps: addressesOf(internal.map((one) => textAt(one, 'address'))),
    podCidrs: cidrsOf(object),
    ready: readyOf(object),
    kubeletVersion: textAt(object, 'status', 'nodeInfo', 'kubeletVersion'),
    annotations: Object.fromEntries(annotations),
    labels: textsAt(object, 'metadata', 'labels') ?? {},
    origin,
  };
}
