import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { serviceAsks } from '#engine/services/front-check';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import { hasObjects, nameOf } from '#intent/endpoint-slices/empty-services';
import { familyOf } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { map, seen } from '#snapshot/seen';
import { fix } from './fix.ts';
import { type Refused, refusedPort } from './refused.ts';
import text, { type Found } from './text.ts';

type Service = Extract<Subject, { kind: 'service' }>;

/** kube-proxy answers for it at a cluster address. */
const isServed = ({ policy, type, clusterIps }: FactOf<'service'>): boolean =>
  policy?.headless !== true && (policy?.otherProxy ?? null) === null && type !== 'ExternalName' && clusterIps.length > 0;

const serviceOf = (view: View, name: string): FactOf<'service'> | undefined => {
  const services = view.seen('service', CLUSTER);
  return services.is === 'seen' ? services.value.find((one) => nameOf(one) === name) : undefined;
};

function refusedOf(view: View, name: string): readonly [FactOf<'service'>, Refused] | undefined {
  const service = serviceOf(view, name);
  const refused = service === undefined ? undefined : refusedPort(service, view);
  return service === undefined || refused === undefined || !('is' in refused) ? undefined : [service, refused];
}

function ruling(service: FactOf<'service'>, refused: Refused, view: View): Ruling<Found> {
  const { port, ready } = refused;
  const joined = refused.is === 'not followed';
  const slices = view.seen('endpoints', CLUSTER);
  const own = slices.is === 'seen' ? slices.value.filter((one) => one.namespace === service.namespace && one.service === service.name) : [];
  return found(
    {
      service: nameOf(service),
      port: port.name === '' ? `${port.port}` : `${port.name} (${port.port})`,
      ready,
      slice: joined ? null : nameOf(refused.slice),
      named: joined ? null : (refused.slice.ports[refused.at]?.name ?? ''),
      wanted: port.name,
      nodes: joined ? refused.nodes : view.facts.nodes(),
    },
    [service, ...(joined ? own.slice(0, 1) : [refused.slice]), ...(joined ? refused.walk.reason.by : [])],
  );
}

/** A Service that all nodes refuse although ready endpoints are listed. */
export default defineFault<Service, Found>({
  id: 'service-rejects-with-endpoints',
  is: {
    en: 'all nodes refuse a Service although it has ready endpoints',
    zh: '有就绪的后端，各节点却都拒绝访问该 Service',
  },
  area: 'service',
  severity: 'error',
  needs: ['service', 'endpoints', 'iptables', 'process', 'unit'],
  lookAlikes: [
    'kube-proxy-stuck',
    'service-endpoints-unready',
    'service-target-port-unknown',
    'endpoint-slice-missing',
    'service-rules-missing',
  ],
  subjects: ({ facts }) =>
    hasObjects(facts)
      ? map(facts.seen('service', CLUSTER), (all) => all.filter(isServed).map((one) => ({ kind: 'service', service: nameOf(one) })))
      : seen([], []),
  judge: ({ service }, view) => {
    const own = serviceOf(view, service);
    const refused = own === undefined ? undefined : refusedPort(own, view);
    if (own === undefined || refused === undefined) return absent(own === undefined ? [] : [own]);
    return 'is' in refused ? ruling(own, refused, view) : unknown(refused);
  },
  texts: text,
  asks: ({ service }, _, view) => {
    const [own, refused] = refusedOf(view, service) ?? [];
    if (own === undefined || refused === undefined) return [];
    const clusterIps = own.clusterIps.filter((address) => familyOf(address) === refused.family);
    return serviceAsks(view.facts, { ...own, clusterIps, ports: [refused.port] });
  },
  fix: ({ service }, _, view) => {
    const [own, refused] = refusedOf(view, service) ?? [];
    if (own === undefined || refused === undefined) throw new Error(`${service} is not refused`);
    return fix(view.facts, own, refused);
  },
});
