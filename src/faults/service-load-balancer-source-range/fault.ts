import { podNamespaces } from '#dataplane/pods';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import { type TurnedAway, turnedAway } from '#engine/services/turned-away';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import { nodeAddress } from '#dataplane/endpoints';
import { emptyService, hasObjects, nameOf } from '#intent/endpoint-slices/empty-services';
import { isKeptOut } from '#intent/kube-proxy/answers';
import { frontsOf } from '#intent/kube-proxy/fronts';
import type { Ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import { map, seen } from '#snapshot/seen';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Service = Extract<Subject, { kind: 'service' }>;

/** A Service whose balancer's addresses nodes serve, for some clients only. */
const isGuarded = ({ policy }: FactOf<'service'>): boolean =>
  policy !== undefined &&
  policy.sourceRanges.length > 0 &&
  policy.loadBalancer.some(({ address, mode }) => address !== null && mode === 'VIP');

const serviceOf = (view: View, name: string): FactOf<'service'> | undefined => {
  const services = view.seen('service', CLUSTER);
  return services.is === 'seen' ? services.value.find((one) => nameOf(one) === name) : undefined;
};

const kept = (service: FactOf<'service'>, view: View): readonly TurnedAway[] =>
  turnedAway(service, view).filter(({ because }) => because === 'no source range');

const clientsOf = (turned: readonly TurnedAway[]): readonly Ip[] => [...new Set(turned.map(({ ending }) => ending.walk.received.source))];

const isInside = (view: View, client: Ip): boolean =>
  podNamespaces(view.facts).some(({ address }) => address === client) ||
  view.facts.nodes().some((node) => nodeAddress(view.facts, node) === client);

function ruling(service: FactOf<'service'>, view: View): Ruling<Found> {
  const turned = kept(service, view);
  const [first] = turned;
  if (first === undefined) return otherwise(service, view);
  const clients = clientsOf(turned);
  return found(
    {
      service: nameOf(service),
      clients,
      isInside: clients[0] !== undefined && isInside(view, clients[0]),
      door: `${first.front.address}:${first.front.port}`,
      nodes: [...new Set(turned.map(({ node }) => node))],
      ranges: service.policy?.sourceRanges ?? [],
      clusterIp: service.clusterIps[0] ?? null,
    },
    [service, ...first.ending.walk.reason.by.slice(0, 2), ...(first.ending.check.observed?.origins ?? [])],
  );
}

/** Whom the ranges keep out, and who is at the Service's door all the same. */
const callers = (service: FactOf<'service'>, view: View): readonly FactOf<'socket'>[] =>
  view.facts.nodes().flatMap((node) => {
    const fronts = frontsOf(view.facts, node);
    const own = fronts.is === 'gap' ? [] : fronts.value.filter((front) => front.service === service);
    const sockets = view.facts.scopes(node, 'socket').flatMap((scope) => view.facts.partition('socket', scope)?.facts ?? []);
    return sockets.filter(
      ({ state, local, remote }) =>
        state === 'SYN-SENT' &&
        own.some(({ address, port }) => address === remote?.address && port === remote.port) &&
        own.some((front) => isKeptOut(front, local.address)),
    );
  });

/** Whether nobody stands behind it: each attempt is refused at once and the next one has just left, whatever the ranges say. */
function isEmpty({ facts }: View, service: FactOf<'service'>): boolean {
  const empty = emptyService(facts, nameOf(service));
  return empty.is === 'seen' && empty.value !== undefined;
}

/** An attempt whose end nobody has measured: another cause may keep it from the door, or its SYN has just left. */
function unmeasured(service: FactOf<'service'>, { local }: FactOf<'socket'>, view: View): Ruling<Found> {
  if (isEmpty(view, service) || view.checks.some(({ answered }) => answered.result === 'fail')) return unknown();
  const detail = `whether the attempt of ${local.address} is in vain: its SYN has just left`;
  return unknown({ of: 'socket', scope: CLUSTER, why: 'not told', detail, capture: 'leadline capture --looks 5' });
}

/** Nobody was seen to come in vain; where rules were not read, that says nothing. */
function otherwise(service: FactOf<'service'>, view: View): Ruling<Found> {
  const gaps = view.facts.nodes().flatMap((node) => {
    const tables = view.seen('iptables', onNode(node));
    return tables.is === 'gap' ? [tables.gap] : [];
  });
  const [gap] = gaps;
  if (gap !== undefined) return unknown(gap);
  const [caller] = callers(service, view);
  return caller === undefined ? absent([service]) : unmeasured(service, caller, view);
}

/** A client that a Service's source ranges keep out, and that is seen to come. */
export default defineFault<Service, Found>({
  id: 'service-load-balancer-source-range',
  is: {
    en: 'a client is outside the source ranges that a Service admits',
    zh: '客户端不在 loadBalancerSourceRanges 之内',
  },
  area: 'service',
  severity: 'error',
  needs: ['service', 'iptables', 'socket', 'endpoints'],
  lookAlikes: ['service-external-local', 'host-firewall-rule', 'service-rules-missing', 'kube-proxy-stuck'],
  subjects: ({ facts }) =>
    hasObjects(facts)
      ? map(facts.seen('service', CLUSTER), (all) => all.filter(isGuarded).map((one) => ({ kind: 'service', service: nameOf(one) })))
      : seen([], []),
  judge: ({ service }, view) => {
    const own = serviceOf(view, service);
    return own === undefined || !isGuarded(own) ? absent([]) : ruling(own, view);
  },
  texts: text,
  fix: ({ service }, _, view) => {
    const own = serviceOf(view, service);
    if (own === undefined) throw new Error(`no Service ${service}`);
    return fix(view.facts, own, clientsOf(kept(own, view)));
  },
});
