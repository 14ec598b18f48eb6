import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { slicesOf } from '#intent/kube-proxy/backends';
import { CLUSTER } from '#snapshot/scope';
import { map, type Seen, seen } from '#snapshot/seen';
import { isUsed, selectedPods } from './selected.ts';

type Service = FactOf<'service'>;
type Pod = FactOf<'pod'>;
type Slice = FactOf<'endpoints'>;

/** A Service that has a selector and that nobody answers for, with the pods it picks. */
export type Empty = { readonly service: Service; readonly pods: readonly Pod[]; readonly slices: readonly Slice[] };

/** `namespace/name`. */
export const nameOf = ({ namespace, name }: Pick<Service, 'namespace' | 'name'>): string => `${namespace}/${name}`;

const OBJECTS = ['service', 'endpoints', 'pod'] as const;

/** Whether anybody listed objects of the API: captures of nodes alone say nothing of them, and are asked nothing about them. */
export const hasObjects = (facts: Facts): boolean => OBJECTS.some((kind) => facts.partition(kind, CLUSTER) !== undefined);

/** The Services with a selector of which no port has an endpoint that serves. Those that were not listed with their pods are nobody's. */
export function emptyServices(facts: Facts): Seen<readonly Empty[]> {
  if (!hasObjects(facts)) return seen([], []);
  const [services, pods] = [facts.seen('service', CLUSTER), facts.seen('pod', CLUSTER)];
  if (services.is === 'gap') return services;
  if (pods.is === 'gap') return pods;
  const all = services.value.flatMap((service): Empty[] => {
    const [slices, own] = [slicesOf(facts, service), selectedPods(facts, service)];
    const hasSelector = Object.keys(service.selector ?? {}).length > 0;
    if (!hasSelector || slices.is === 'gap' || !slices.complete || own === undefined || slices.value.some(serves)) return [];
    return [{ service, pods: own, slices: slices.value }];
  });
  return seen(all, [...services.origins, ...pods.origins], services.complete && pods.complete);
}

/** The empty Service of a name; nothing where it is not empty. */
export const emptyService = (facts: Facts, name: string): Seen<Empty | undefined> =>
  map(emptyServices(facts), (all) => all.find(({ service }) => nameOf(service) === name));

/** Whether kube-proxy leads anyone there; a Service may publish addresses that are ready by its own word alone. */
const serves = ({ ports, addresses }: Slice): boolean => ports.length > 0 && addresses.some(isUsed);
