import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { Ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { backendsOf } from './backends.ts';
import { frontsOf } from './fronts.ts';

/** An endpoint of a Service port as the rules of a node have it. */
export type Led = { readonly node: string; readonly service: string; readonly endpoint: Ip };

/** The endpoints of a rule's Service: by the API's objects, else by the rules of most other nodes (`rules`: of all nodes). */
export function wantedFor(facts: Facts, { node, service }: Led, rules: ReadonlyMap<string, readonly Led[]>): ReadonlySet<Ip> | undefined {
  const fronts = frontsOf(facts, node);
  const front = fronts.is === 'seen' ? fronts.value.find(({ name }) => name === service) : undefined;
  if (front === undefined) return amongOthers(rules, node, service);
  const backends = backendsOf(facts, front.service, front.portName, front.protocol.toUpperCase(), front.family);
  return backends.is === 'gap' || !backends.complete
    ? amongOthers(rules, node, service)
    : new Set(backends.value.map(({ address }) => address));
}

function amongOthers(rules: ReadonlyMap<string, readonly Led[]>, node: string, service: string): ReadonlySet<Ip> | undefined {
  const others = [...rules].filter(([other]) => other !== node).map(([, own]) => own.filter((one) => one.service === service));
  const knowing = others.filter(({ length }) => length > 0);
  if (knowing.length === 0) return undefined;
  const counts = grouped(
    knowing.flatMap((own) => [...new Set(own.map(({ endpoint }) => endpoint))]),
    (endpoint) => endpoint,
  );
  return new Set([...counts].flatMap(([endpoint, { length }]) => (2 * length > knowing.length ? [endpoint] : [])));
}

/** Whether all Services were listed and none of them is a rule's. */
export function isOfNoService(facts: Facts, { node, service }: Led): boolean {
  const [services, fronts] = [facts.seen('service', CLUSTER), frontsOf(facts, node)];
  return services.is === 'seen' && services.complete && fronts.is === 'seen' && !fronts.value.some(({ name }) => name === service);
}
