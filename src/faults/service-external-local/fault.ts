import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { turnedAway } from '#engine/services/turned-away';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import { hasObjects, nameOf } from '#intent/endpoint-slices/empty-services';
import { announcerOf, announcersOf } from '#intent/kube-proxy/announcers';
import { slicesOf } from '#intent/kube-proxy/backends';
import { CLUSTER } from '#snapshot/scope';
import { map, seen } from '#snapshot/seen';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Service = Extract<Subject, { kind: 'service' }>;

/** Whether traffic from outside can come to a Service that binds it to the node's own endpoints. */
const bindsToNode = ({ policy, type }: FactOf<'service'>): boolean =>
  policy !== undefined &&
  policy.external === 'Local' &&
  (type === 'NodePort' || type === 'LoadBalancer' || policy.externalIps.length + policy.loadBalancer.length > 0);

const serviceOf = (view: View, name: string): FactOf<'service'> | undefined => {
  const services = view.seen('service', CLUSTER);
  return services.is === 'seen' ? services.value.find((one) => nameOf(one) === name) : undefined;
};

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)];

function ruling(service: FactOf<'service'>, view: View): Ruling<Found> {
  const slices = slicesOf(view.facts, service);
  if (slices.is === 'gap') return unknown(slices.gap);
  const turned = turnedAway(service, view).filter(({ because }) => because === 'no local endpoint');
  const [first] = turned;
  if (first === undefined) return otherwise(service, slices.value, view);
  const { front, node, ending } = first;
  const announcer = front.kind === 'node port' ? null : announcerOf(view.facts, service, front.address);
  const endpoints = slices.value.flatMap(({ addresses }) => addresses).filter(({ ready }) => ready !== false);
  return found(
    {
      service: nameOf(service),
      doors: distinct(turned.map((one) => `${one.front.kind} ${one.front.address}:${one.front.port} at ${one.node}`)),
      nodes: distinct(turned.map((one) => one.node)),
      homes: distinct(endpoints.flatMap((one) => one.node ?? [])).toSorted(),
      announcer: announcer?.node === node ? announcer.by : null,
      healthPort: service.policy?.healthCheckNodePort ?? null,
    },
    [service, ...slices.value.slice(0, 1), ...(announcer?.evidence ?? []), ...ending.walk.reason.by.slice(0, 2)],
  );
}

/** Nobody was seen to fail by it; a client outside that cannot be followed leaves it open. */
function otherwise(service: FactOf<'service'>, slices: readonly FactOf<'endpoints'>[], view: View): Ruling<Found> {
  const open = view.checks.find(
    ({ id, kind, answered }) =>
      kind === 'outside' && answered.result === 'unknown' && answered.gaps.length > 0 && id.includes(`→${nameOf(service)}:`),
  );
  const [gap] = open?.answered.gaps ?? [];
  if (gap !== undefined) return unknown(gap);
  return isHidden(service, slices, view) ? unknown() : absent([service]);
}

/**
 * Whether it waits behind what left the Service without endpoints: all clients are refused alike, none was asked for what comes then, and
 * where its address is announced there is no endpoint.
 */
function isHidden(service: FactOf<'service'>, slices: readonly FactOf<'endpoints'>[], view: View): boolean {
  const homes = new Set(slices.flatMap(({ addresses }) => addresses).flatMap(({ ready, node }) => (ready === false ? [] : [node])));
  const isServed = view.checks.some(
    ({ id, kind, answered }) => kind === 'outside' && answered.result === 'pass' && id.includes(`→${nameOf(service)}:`),
  );
  return !isServed && announcersOf(view.facts, service).some(({ node }) => node !== null && !homes.has(node));
}

/** Clients outside that come in at a node without an endpoint, of a Service that binds them to the node's own. */
export default defineFault<Service, Found>({
  id: 'service-external-local',
  is: {
    en: 'clients from outside come in at a node that has no endpoint of its own',
    zh: '外部客户端从没有本地后端的节点进入',
  },
  area: 'service',
  severity: 'error',
  needs: ['service', 'endpoints', 'iptables', 'address', 'route'],
  lookAlikes: ['service-load-balancer-source-range', 'service-rules-missing', 'kube-proxy-stuck', 'service-endpoints-unready'],
  subjects: ({ facts }) =>
    hasObjects(facts)
      ? map(facts.seen('service', CLUSTER), (all) => all.filter(bindsToNode).map((one) => ({ kind: 'service', service: nameOf(one) })))
      : seen([], []),
  judge: ({ service }, view) => {
    const own = serviceOf(view, service);
    return own === undefined || !bindsToNode(own) ? absent([]) : ruling(own, view);
  },
  texts: text,
  fix: ({ service }, _, view) => {
    const own = serviceOf(view, service);
    if (own === undefined) throw new Error(`no Service ${service}`);
    return fix(view.facts, own);
  },
});
