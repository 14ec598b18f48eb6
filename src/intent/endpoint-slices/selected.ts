import { isOver } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { PodPort } from '#facts/pod/pod';
import { type Family, familyOf, type Ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';

type Service = FactOf<'service'>;
type Pod = FactOf<'pod'>;
type Slice = FactOf<'endpoints'>;

/** Whether every label of the selector is on the pod. */
export const isSelected = ({ selector, namespace }: Service, pod: Pod): boolean =>
  selector !== undefined &&
  selector !== null &&
  Object.keys(selector).length > 0 &&
  pod.namespace === namespace &&
  Object.entries(selector).every(([label, value]) => pod.labels?.[label] === value);

/** The pods that a Service's selector picks, over and done ones left out; nothing where pods were not listed. */
export function selectedPods(facts: Facts, service: Service): readonly Pod[] | undefined {
  const pods = facts.seen('pod', CLUSTER);
  if (pods.is === 'gap') return undefined;
  return pods.value.filter((pod) => isSelected(service, pod) && !isOver(pod) && pod.addresses.length > 0);
}

/** Whether an endpoint may be led to: it is ready, or it serves while it terminates (pkg/proxy/topology.go, CategorizeEndpoints). */
export const isUsed = ({ ready, serving, terminating }: Slice['addresses'][number]): boolean =>
  ready !== false || (serving === true && terminating === true);

/** The number of a target port on a pod: itself, or that of the container port of the name (k8s.io/kubernetes pkg/api/v1/pod FindPort). */
export function portOn(pod: Pod, { targetPort, port, protocol }: Service['ports'][number]): number | undefined {
  if (targetPort === undefined || targetPort === '0' || targetPort === '') return port;
  if (/^\d+$/.test(targetPort)) return Number(targetPort);
  return pod.ports?.find((one: PodPort) => one.name === targetPort && one.protocol === protocol)?.port;
}

/** The address that a pod has in a family, as its status lists both. */
export const addressIn = ({ addresses }: Pod, family: Family): Ip | undefined => addresses.find((one) => familyOf(one) === family);

/** The family of a slice, as it says itself, or as its addresses or those of its Service show; nothing where none of them tells. */
export function familyOfSlice({ family, addresses }: Slice, { clusterIps }: Service): Family | undefined {
  const shown = addresses.map(({ address }) => familyOf(address))[0];
  const [only, ...more] = new Set(clusterIps.map(familyOf));
  return family ?? shown ?? (more.length === 0 ? only : undefined);
}

/** The families in which a Service has slices: those of its cluster addresses; of one without any those of the slices that are there. */
export function familiesOf(service: Service, slices: readonly Slice[]): readonly Family[] {
  const { clusterIps } = service;
  return [...new Set(clusterIps.length > 0 ? clusterIps.map(familyOf) : slices.flatMap((slice) => familyOfSlice(slice, service) ?? []))];
}

/** The ports and addresses that the controller would write for a Service into its slice of one family. */
export function slicePart(service: Service, pods: readonly Pod[], family: Family): Pick<Slice, 'ports' | 'addresses'> {
  const [first] = pods;
  const ports = service.ports.flatMap((one) => {
    const port = first === undefined ? undefined : portOn(first, one);
    return port === undefined || one.name === undefined ? [] : [{ name: one.name, protocol: one.protocol, port }];
  });
  return { ports, addresses: pods.flatMap((pod) => endpointOf(service, pod, family)) };
}

function endpointOf({ policy }: Service, pod: Pod, family: Family): Slice['addresses'] {
  const address = addressIn(pod, family);
  if (address === undefined) return [];
  const ready = pod.ready ?? true;
  const node = pod.node ?? null;
  const shown = policy?.publishNotReady === true || ready;
  return [{ address, ready: shown, serving: ready, terminating: false, node, pod: pod.name, zone: null, forZones: null, forNodes: null }];
}
