import { grouped } from '#facts/grouped';
import { podsOf } from './pods.ts';
import { memoised } from '#dataplane/memo';
import { endpointRules } from '#dataplane/service-rules';
import type { World } from '#dataplane/world';
import { backendsOf } from '#intent/kube-proxy/backends';
import { frontsOf as intendedFronts } from '#intent/kube-proxy/fronts';
import type { Facts } from '#facts/facts';
import type { TracedOutcome } from '#sim/packet/outcome';
import { type Flow, trace } from '#sim/packet/trace';
import { CLUSTER, onNode, type Scope } from '#snapshot/scope';
import { familyOf, parseIp, type Ip } from '#net/ip';
import { judgeOutcomes } from '../ask.ts';
import type { Answered, Check } from '../check.ts';
import { flowCheck } from './flow-check.ts';

/** A Service's address as a node's own rules or the API name it. */
type Front = { readonly name: string; readonly address: Ip; readonly protocol: 'tcp' | 'udp'; readonly port: number };

/** One pod of each node, and the node itself, reach each Service that has endpoints; and each of its endpoints does, itself included. */
export function serviceChecks(facts: Facts): readonly Check[] {
  const pods = grouped(podsOf(facts), ({ node }) => node);
  const behind = grouped(endpointRules(facts), ({ node, service }) => `${node}\0${service}`);
  return [...pods].flatMap(([node, own]) =>
    frontsOf(facts, node).flatMap((front) => {
      const endpoints = new Set((behind.get(`${node}\0${front.name}`) ?? []).map(({ endpoint }) => endpoint));
      const asking = own.filter(({ address }, at) => at === 0 || (address !== null && endpoints.has(address)));
      return [
        check('node-service', `${node}→${front.name}`, onNode(node), front, node),
        ...asking.map((pod) => check('pod-service', `${pod.text}→${front.name}`, pod.scope, front, pod.text)),
      ];
    }),
  );
}

function check(kind: string, id: string, from: Scope, { name, address, protocol, port }: Front, who: string): Check {
  const flow = { from, to: address, protocol, port };
  const words = {
    en: `${who} reaches the Service ${name} at ${address}:${port}/${protocol}`,
    zh: `${who} 能访问 Service ${name}(${address}:${port}/${protocol})`,
  };
  return { ...flowCheck(kind, `${id}/${protocol}`, flow, words), ask: (world) => askVirtual(flow, world) };
}

/** No machine has a Service's cluster address: what leaves all captured machines with it unwritten reaches nobody. */
function askVirtual(flow: Flow, world: World): Answered {
  const { outcomes, complete } = trace(world, flow);
  const isLost = ({ disposition, received }: TracedOutcome): boolean =>
    disposition === 'left the model' && received.destination === flow.to;
  return judgeOutcomes(
    outcomes.map((one) => (isLost(one) ? { ...one, works: 'no' as const } : one)),
    complete,
  );
}

/** What a node is asked for: what its own rules name, and what it should know: by the API's objects, else by most other nodes' rules. */
function frontsOf(facts: Facts, node: string): readonly Front[] {
  const own = programmedBy(facts).get(node) ?? [];
  return [...new Map([...own, ...commonFronts(facts)].map((front) => [keyOf(front), front] as const)).values()];
}

const keyOf = ({ address, port, protocol }: Front): string => `${address} ${port} ${protocol}`;

const programmedBy = memoised(
  (facts: Facts): ReadonlyMap<string, readonly Front[]> => new Map(facts.nodes().map((node) => [node, programmedFronts(facts, node)])),
);

/** What every node should know: a node whose rules were lost is asked all the same, and one that is behind makes no one else ask. */
const commonFronts = memoised((facts: Facts): readonly Front[] => {
  const services = facts.seen('service', CLUSTER);
  if (services.is === 'seen') return wantedFronts(facts);
  const told = [...programmedBy(facts).values()].filter(({ length }) => length > 0);
  const byKey = grouped(told.flat(), keyOf);
  return [...byKey.values()].flatMap((same) => (2 * same.length > told.length ? same.slice(0, 1) : []));
});

/** The cluster addresses of Services that have endpoints, by their objects. */
function wantedFronts(facts: Facts): readonly Front[] {
  const [first] = facts.nodes();
  const fronts = first === undefined ? undefined : intendedFronts(facts, first);
  if (fronts?.is !== 'seen') return [];
  return fronts.value.flatMap((front): readonly Front[] => {
    const { kind, family, name, address, protocol, port, service, portName, policy } = front;
    if (kind !== 'cluster IP' || family !== 4 || protocol === 'sctp' || policy.internal === 'Local') return [];
    const backends = backendsOf(facts, service, portName, protocol.toUpperCase(), family);
    return backends.is === 'seen' && backends.value.some(({ ready }) => ready) ? [{ name, address, protocol, port }] : [];
  });
}

/** kube-proxy's own words in its rules: `-d IP/32 -p tcp … "ns/name:port cluster IP" … --dport N -j KUBE-SVC-…`. */
function programmedFronts(facts: Facts, node: string): readonly Front[] {
  const tables = facts.seen('iptables', onNode(node));
  if (tables.is === 'gap') return [];
  const chains = tables.value.filter(({ table }) => table === 'nat').flatMap((table) => table.chains);
  return chains
    .filter(({ name }) => name === 'KUBE-SERVICES')
    .flatMap(({ rules }) => rules)
    .flatMap((rule): Front[] => {
      const comment = rule.matches.find(({ name }) => name === 'comment')?.options[0]?.values[0];
      const port = rule.matches.flatMap(({ options }) => options).find(({ name }) => name.replace(/^-+/, '') === 'dport')?.values[0];
      const address = parseIp(rule.destination?.value.split('/')[0] ?? '');
      const protocol = rule.protocol?.value;
      if (comment === undefined || !comment.endsWith(' cluster IP') || address === undefined || familyOf(address) !== 4) return [];
      if ((protocol !== 'tcp' && protocol !== 'udp') || port === undefined || rule.target?.name.startsWith('KUBE-SVC-') !== true) return [];
      return [{ name: comment.slice(0, -' cluster IP'.length), address, protocol, port: Number(port) }];
    });
}
