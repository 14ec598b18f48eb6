import { grouped } from '#facts/grouped';
import { podsOf } from './pods.ts';
import { memoised } from '#dataplane/memo';
import { servedEndpoints } from '#dataplane/served-endpoints';
import { type ServedFront, servedFronts } from '#dataplane/served-fronts';
import { backendsOf } from '#intent/kube-proxy/backends';
import { frontsOf as intendedFronts } from '#intent/kube-proxy/fronts';
import type { Facts } from '#facts/facts';
import { CLUSTER, onNode, type Scope } from '#snapshot/scope';
import { familyOf, type Ip } from '#net/ip';
import type { Check } from '../check.ts';
import { speaks } from '../services/speaks.ts';
import { askVirtual } from '../services/virtual.ts';
import { flowCheck } from './flow-check.ts';
import { sharesOf } from './shares.ts';

/** One pod of each node, and the node itself, reach each Service that has endpoints; and each of its endpoints does, itself included. */
export function serviceChecks(facts: Facts): readonly Check[] {
  const pods = grouped(podsOf(facts), ({ node }) => node);
  const served = servedEndpoints(facts);
  const behind = grouped(served, ({ node, service }) => `${node}\0${service}`);
  const fronts = new Map([...pods.keys()].map((node) => [node, frontsOf(facts, node)] as const));
  const isAsked = sharesOf(fronts, served);
  return [...pods].flatMap(([node, own]) =>
    (fronts.get(node) ?? []).flatMap((front) => {
      const asked = isAsked(node, front);
      const endpoints = new Set((behind.get(`${node}\0${front.name}`) ?? []).map(({ endpoint }) => endpoint));
      const asking = own.filter(({ address }, at) => (at === 0 && asked) || (address !== null && endpoints.has(address)));
      const byNode = asked && speaks(facts, onNode(node), front.address);
      return [
        ...(byNode ? [check('node-service', `${node}→${front.name}`, onNode(node), front, node)] : []),
        ...asking
          .filter(({ scope }) => speaks(facts, scope, front.address))
          .map((pod) => check('pod-service', `${pod.text}→${front.name}`, pod.scope, front, pod.text)),
      ];
    }),
  );
}

function check(kind: string, id: string, from: Scope, { name, address, protocol, port }: ServedFront, who: string): Check {
  const flow = { from, to: address, protocol, port };
  const words = {
    en: `${who} reaches the Service ${name} at ${address}:${port}/${protocol}`,
    zh: `${who} 能访问 Service ${name}(${address}:${port}/${protocol})`,
  };
  return { ...flowCheck(kind, idOf(id, flow.to, protocol), flow, words), ask: askVirtual(flow) };
}

/** A Service of both families is asked at both of its addresses. */
const idOf = (id: string, to: Ip, protocol: string): string => `${id}/${protocol}${familyOf(to) === 6 ? '6' : ''}`;

/** What a node is asked for: what its own rules name, and what it should know: by the API's objects, else by most other nodes' rules. */
function frontsOf(facts: Facts, node: string): readonly ServedFront[] {
  const own = programmedBy(facts).get(node) ?? [];
  return [...new Map([...own, ...commonFronts(facts)].map((front) => [keyOf(front), front] as const)).values()];
}

const keyOf = ({ address, port, protocol }: ServedFront): string => `${address} ${port} ${protocol}`;

const programmedBy = memoised(
  (facts: Facts): ReadonlyMap<string, readonly ServedFront[]> => new Map(facts.nodes().map((node) => [node, servedFronts(facts, node)])),
);

/** What every node should know: a node whose rules were lost is asked all the same, and one that is behind makes no one else ask. */
const commonFronts = memoised((facts: Facts): readonly ServedFront[] => {
  const services = facts.seen('service', CLUSTER);
  if (services.is === 'seen') return wantedFronts(facts);
  const told = [...programmedBy(facts).values()].filter(({ length }) => length > 0);
  const byKey = grouped(told.flat(), keyOf);
  return [...byKey.values()].flatMap((same) => (2 * same.length > told.length ? same.slice(0, 1) : []));
});

/** The cluster addresses of Services that have endpoints, by their objects. */
function wantedFronts(facts: Facts): readonly ServedFront[] {
  const [first] = facts.nodes();
  const fronts = first === undefined ? undefined : intendedFronts(facts, first);
  if (fronts?.is !== 'seen') return [];
  return fronts.value.flatMap((front): readonly ServedFront[] => {
    const { kind, family, name, address, protocol, port, service, portName, policy } = front;
    if (kind !== 'cluster IP' || protocol === 'sctp' || policy.internal === 'Local') return [];
    const backends = backendsOf(facts, service, portName, protocol.toUpperCase(), family);
    return backends.is === 'seen' && backends.value.some(({ ready }) => ready) ? [{ name, address, protocol, port }] : [];
  });
}
