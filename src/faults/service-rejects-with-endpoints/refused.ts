import { compare } from '#engine/services/deviations';
import type { View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import type { Gap } from '#snapshot/gap';
import type { Walk } from '#sim/packet/outcome';
import { CLUSTER } from '#snapshot/scope';
import { familyOfSlice } from '#intent/endpoint-slices/selected';
import { backendsOf, slicesOf } from '#intent/kube-proxy/backends';
import { type Front, frontsOf } from '#intent/kube-proxy/fronts';
import { type Family, familyOf } from '#net/ip';

type Service = FactOf<'service'>;
type Slice = FactOf<'endpoints'>;
type Port = Service['ports'][number] & { readonly name: string };

/** Why a Service port is refused although its slices list ready endpoints. */
export type Refused =
  /** No slice's port has the Service port's name and protocol: nothing joins them. */
  | {
      readonly is: 'not joined';
      readonly family: Family;
      readonly port: Port;
      readonly slice: Slice;
      readonly at: number;
      readonly ready: number;
    }
  /** No captured node has heard of them. */
  | {
      readonly is: 'not followed';
      readonly family: Family;
      readonly port: Port;
      readonly nodes: readonly string[];
      readonly ready: number;
      readonly walk: Walk;
    };

/** The first port of a Service that is refused against what its slices say; a gap where that cannot be told. */
export function refusedPort(service: Service, view: View): Refused | Gap | undefined {
  const slices = slicesOf(view.facts, service);
  if (slices.is === 'gap') return slices.gap;
  if (!slices.complete) return undefined;
  for (const port of service.ports) {
    const { name } = port;
    if (name === undefined) return untoldName(service);
    const named = { ...port, name };
    const families = [...new Set(service.clusterIps.map(familyOf))];
    for (const family of families) {
      const refused = notJoined(service, named, family, slices.value) ?? notFollowed(service, named, family, view);
      if (refused !== undefined) return refused;
    }
  }
  return undefined;
}

/** A table of Services tells no names, by which slices are joined to them. */
const untoldName = (service: Service): Gap => ({
  of: 'service',
  scope: CLUSTER,
  why: 'not told',
  detail: `the names of the ports of ${service.namespace}/${service.name} were not read`,
  capture: 'kubectl get services -A -o json',
});

/** The endpoints are there, and the port that is meant by its number has another name. */
function notJoined(service: Service, port: Port, family: Family, all: readonly Slice[]): Refused | undefined {
  if (!isOwnNumber(service, port)) return undefined;
  const slices = all.filter((slice) => (familyOfSlice(slice, service) ?? family) === family);
  if (slices.some(({ ports }) => ports.some(({ name, protocol }) => name === port.name && protocol === port.protocol))) return undefined;
  for (const slice of slices) {
    const ready = slice.addresses.filter((one) => one.ready !== false && familyOf(one.address) === family).length;
    const at = slice.ports.findIndex(
      (one) => one.protocol === port.protocol && (`${one.port}` === port.targetPort || slice.ports.length === 1),
    );
    const taken = service.ports.some(({ name, protocol }) => name === slice.ports[at]?.name && protocol === slice.ports[at]?.protocol);
    if (ready > 0 && at >= 0 && !taken) return { is: 'not joined', family, port, slice, at, ready };
  }
  return undefined;
}

/** A target port by name is looked up in the pods: where it is not there, that is another fault. */
const isOwnNumber = ({ selector }: Service, { targetPort }: Port): boolean =>
  Object.keys(selector ?? {}).length === 0 || targetPort === undefined || /^\d*$/.test(targetPort);

function notFollowed(service: Service, port: Port, family: Family, view: View): Refused | undefined {
  const backends = backendsOf(view.facts, service, port.name, port.protocol, family);
  const ready = backends.is === 'gap' ? 0 : backends.value.filter((one) => one.ready).length;
  if (ready === 0) return undefined;
  const looked = view.facts.nodes().flatMap((node): readonly Looked[] => {
    const front = clusterFront(service, port, family, node, view);
    return front === undefined ? [] : lookedAt(node, front, view);
  });
  const walk = looked.find((one) => one.walk !== undefined)?.walk;
  // one that leads on shows that the others are behind: another fault
  if (walk === undefined || !looked.every(({ isBehind }) => isBehind)) return undefined;
  return { is: 'not followed', family, port, nodes: looked.map(({ node }) => node), ready, walk };
}

/** A node whose rules could be asked: whether they know of no endpoint, and a way that they refuse. */
type Looked = { readonly node: string; readonly isBehind: boolean; readonly walk?: Walk };

function lookedAt(node: string, front: Front, view: View): readonly Looked[] {
  const byNode = compare(view.world, node, front, { is: 'node' });
  if (byNode.programmed === null) return [];
  if (byNode.gaps.length === 0) {
    const [walk] = byNode.deviations
      .filter(({ deviation }) => deviation.is === 'refused' && deviation.how === 'rejected')
      .flatMap(({ walks }) => walks);
    return [walk === undefined ? { node, isBehind: false } : { node, isBehind: true, walk }];
  }
  // without a route a node asks no rule of its own packets; those of its pods are rewritten before a route is looked for
  const byPod = compare(view.world, node, front, { is: 'pod' });
  if (byPod.programmed === null || byPod.gaps.length > 0) return [];
  return [{ node, isBehind: byPod.deviations.some(({ deviation }) => deviation.is === 'not programmed') }];
}

function clusterFront(service: Service, port: Port, family: Family, node: string, view: View): Front | undefined {
  const fronts = frontsOf(view.facts, node);
  return fronts.is === 'gap'
    ? undefined
    : fronts.value.find(
        (one) =>
          one.service === service &&
          one.family === family &&
          one.kind === 'cluster IP' &&
          one.portName === port.name &&
          one.port === port.port,
      );
}
