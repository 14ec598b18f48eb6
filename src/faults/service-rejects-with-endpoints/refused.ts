import { compare } from '#engine/services/deviations';
import type { View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import type { Gap } from '#snapshot/gap';
import type { Walk } from '#sim/packet/outcome';
import { CLUSTER } from '#snapshot/scope';
import { backendsOf, slicesOf } from '#intent/kube-proxy/backends';
import { type Front, frontsOf } from '#intent/kube-proxy/fronts';
import { familyOf } from '#net/ip';

type Service = FactOf<'service'>;
type Slice = FactOf<'endpoints'>;
type Port = Service['ports'][number] & { readonly name: string };

/** Why a Service port is refused although its slices list ready endpoints. */
export type Refused =
  /** No slice's port has the Service port's name and protocol: nothing joins them. */
  | { readonly is: 'not joined'; readonly port: Port; readonly slice: Slice; readonly at: number; readonly ready: number }
  /** No captured node has heard of them. */
  | { readonly is: 'not followed'; readonly port: Port; readonly nodes: readonly string[]; readonly ready: number; readonly walk: Walk };

/** The first port of a Service that is refused against what its slices say; a gap where that cannot be told. */
export function refusedPort(service: Service, view: View): Refused | Gap | undefined {
  const slices = slicesOf(view.facts, service);
  if (slices.is === 'gap') return slices.gap;
  if (!slices.complete) return undefined;
  for (const port of service.ports) {
    const { name } = port;
    if (name === undefined) return untoldName(service);
    const named = { ...port, name };
    const refused = notJoined(service, named, slices.value) ?? notFollowed(service, named, view);
    if (refused !== undefined) return refused;
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
function notJoined(service: Service, port: Port, slices: readonly Slice[]): Refused | undefined {
  const [clusterIp] = service.clusterIps;
  if (clusterIp === undefined || !isOwnNumber(service, port)) return undefined;
  if (slices.some(({ ports }) => ports.some(({ name, protocol }) => name === port.name && protocol === port.protocol))) return undefined;
  for (const slice of slices) {
    const ready = slice.addresses.filter((one) => one.ready !== false && familyOf(one.address) === familyOf(clusterIp)).length;
    const at = slice.ports.findIndex(
      (one) => one.protocol === port.protocol && (`${one.port}` === port.targetPort || slice.ports.length === 1),
    );
    const taken = service.ports.some(({ name, protocol }) => name === slice.ports[at]?.name && protocol === slice.ports[at]?.protocol);
    if (ready > 0 && at >= 0 && !taken) return { is: 'not joined', port, slice, at, ready };
  }
  return undefined;
}

/** A target port by name is looked up in the pods: where it is not there, that is another fault. */
const isOwnNumber = ({ selector }: Service, { targetPort }: Port): boolean =>
  Object.keys(selector ?? {}).length === 0 || targetPort === undefined || /^\d*$/.test(targetPort);

function notFollowed(service: Service, port: Port, view: View): Refused | undefined {
  const [clusterIp] = service.clusterIps;
  if (clusterIp === undefined) return undefined;
  const backends = backendsOf(view.facts, service, port.name, port.protocol, familyOf(clusterIp));
  const ready = backends.is === 'gap' ? 0 : backends.value.filter((one) => one.ready).length;
  if (ready === 0) return undefined;
  const looked = view.facts.nodes().flatMap((node) => {
    const front = clusterFront(service, port, node, view);
    if (front === undefined) return [];
    const compared = compare(view.world, node, front, { is: 'node' });
    if (compared.programmed === null || compared.gaps.length > 0) return [];
    const [refusal] = compared.deviations.filter(({ deviation }) => deviation.is === 'refused' && deviation.how === 'rejected');
    return [{ node, walk: refusal?.walks[0] }];
  });
  const [first] = looked;
  // one that leads on shows that the others are behind: another fault
  if (first?.walk === undefined || looked.some(({ walk }) => walk === undefined)) return undefined;
  return { is: 'not followed', port, nodes: looked.map(({ node }) => node), ready, walk: first.walk };
}

function clusterFront(service: Service, port: Port, node: string, view: View): Front | undefined {
  const fronts = frontsOf(view.facts, node);
  return fronts.is === 'gap'
    ? undefined
    : fronts.value.find(
        (one) => one.service === service && one.kind === 'cluster IP' && one.portName === port.name && one.port === port.port,
      );
}
