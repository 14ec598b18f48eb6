import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import { type Family, familyOf, type Ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { backendsOf } from './backends.ts';
import { type Front, frontsOf } from './fronts.ts';

/** An endpoint of a Service port as the rules of a node have it. */
export type Led = { readonly node: string; readonly service: string; readonly endpoint: Ip };

const nameIn = (name: string, family: Family): string => `${family} ${name}`;

/** The fronts by the names of their Service ports and their families: of 10,000 Services each rule asks. */
const frontsByName = memoised((facts: Facts): ReadonlyMap<string, Front> => {
  const fronts = frontsOf(facts, facts.nodes()[0] ?? '');
  return new Map(
    (fronts.is === 'seen' ? fronts.value.toReversed() : []).map((front) => [nameIn(front.name, front.family), front] as const),
  );
});

/** The endpoints of a rule's Service: by the API's objects, else by the rules of most other nodes (`rules`: of all nodes). */
export function wantedFor(facts: Facts, led: Led, rules: ReadonlyMap<string, readonly Led[]>): ReadonlySet<Ip> | undefined {
  const front = frontsByName(facts).get(nameIn(led.service, familyOf(led.endpoint)));
  if (front === undefined) return amongOthers(rules, led);
  const backends = backendsOf(facts, front.service, front.portName, front.protocol.toUpperCase(), front.family);
  return backends.is === 'gap' || !backends.complete ? amongOthers(rules, led) : new Set(backends.value.map(({ address }) => address));
}

function amongOthers(rules: ReadonlyMap<string, readonly Led[]>, { node, service, endpoint }: Led): ReadonlySet<Ip> | undefined {
  const isSame = (one: Led): boolean => one.service === service && familyOf(one.endpoint) === familyOf(endpoint);
  const others = [...rules].filter(([other]) => other !== node).map(([, own]) => own.filter(isSame));
  const knowing = others.filter(({ length }) => length > 0);
  if (knowing.length === 0) return undefined;
  const counts = grouped(
    knowing.flatMap((own) => [...new Set(own.map(({ endpoint }) => endpoint))]),
    (endpoint) => endpoint,
  );
  return new Set([...counts].flatMap(([endpoint, { length }]) => (2 * length > knowing.length ? [endpoint] : [])));
}

/** Whether all Services were listed and none of them is a rule's. */
export function isOfNoService(facts: Facts, { service, endpoint }: Led): boolean {
  const services = facts.seen('service', CLUSTER);
  return services.is === 'seen' && services.complete && !frontsByName(facts).has(nameIn(service, familyOf(endpoint)));
}
