import type { CalicoEntity, CalicoPort } from '#facts/calico-policy/calico-policy';
import { cidrFamily, contains } from '#net/cidr';
import { familyOf } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import type { PolicyEnd, PolicyQuestion } from '../question.ts';
import { all, any, not, type Three } from '../three.ts';
import type { CalicoContext } from './context.ts';
import { NAMESPACE_LABEL, type Selector } from './selector.ts';

/** Which end of a rule is matched, and the namespace of its policy (`null`: a global one). */
export type Place = { readonly role: 'source' | 'destination'; readonly namespace: string | null };

/** Whether one end of a rule holds: everything that it tells must. */
export function entityHolds(entity: CalicoEntity, place: Place, question: PolicyQuestion, context: CalicoContext): Three {
  const end = place.role === 'source' ? question.from : question.to;
  const conditions: readonly (() => Three)[] = [
    () => isOfFamily(entity, end),
    () => entity.nets === null || entity.nets.some((net) => contains(net, end.address)),
    () => !entity.notNets.some((net) => contains(net, end.address)),
    () => entity.ports === null || portsHold(entity.ports, place, question),
    () => entity.notPorts.length === 0 || not(portsHold(entity.notPorts, place, question)),
    () => peersHold(entity, place, end, context),
    () => entity.notSelector === '' || negated(entity.notSelector, end, context),
    () => entity.service === null || serviceHolds(entity.service, place, question, context),
  ];
  return all(conditions, (condition) => condition());
}

/** felix leaves a rule out of the family in which it has no prefix, whether it is to lie in one or not (felix/rules/policy.go, filterNets). */
const isOfFamily = ({ notNets }: CalicoEntity, { address }: PolicyEnd): boolean =>
  notNets.length === 0 || notNets.some((net) => cidrFamily(net) === familyOf(address));

function negated(text: string, end: PolicyEnd, context: CalicoContext): Three {
  const selector = context.parsed(text);
  return selector === undefined ? undefined : not(context.holds(selector, end));
}

function peersHold(entity: CalicoEntity, { namespace }: Place, end: PolicyEnd, context: CalicoContext): Three {
  const parts = selectorsOf(entity, namespace, context);
  if (parts.includes(undefined)) return undefined;
  const of = parts.filter((part) => part !== undefined);
  return of.length === 0 ? true : context.holds({ is: 'and', of }, end);
}

/**
 * The selectors of an entity as one: in a namespaced policy that names no namespaces, they are about its own
 * (libcalico-go updateprocessors/rules.go). `undefined` stands for a text that is no selector.
 */
function selectorsOf(entity: CalicoEntity, namespace: string | null, { parsed }: CalicoContext): readonly (Selector | undefined)[] {
  const { selector, namespaceSelector, serviceAccounts } = entity;
  const own = [
    ...(selector === '' ? [] : [parsed(selector)]),
    ...(serviceAccounts === null ? [] : accountSelectors(serviceAccounts, parsed)),
  ];
  if (namespaceSelector !== '') return [...own, namespacesOf(parsed(namespaceSelector))];
  if (namespace === null || own.length === 0) return own;
  return [...own, { is: 'equals', label: NAMESPACE_LABEL, value: namespace }];
}

function accountSelectors(
  { names, selector }: NonNullable<CalicoEntity['serviceAccounts']>,
  parsed: CalicoContext['parsed'],
): readonly (Selector | undefined)[] {
  const named: readonly Selector[] = names.length === 0 ? [] : [{ is: 'in', label: 'projectcalico.org/serviceaccount', values: names }];
  return selector === '' ? named : [...named, lent(parsed(selector), 'pcsa.')];
}

/** A selector of namespaces as one of what is in them: `all()` is every namespace, `global()` what is in none. */
export function namespacesOf(selector: Selector | undefined): Selector | undefined {
  if (selector === undefined) return undefined;
  if (selector.is === 'all') return { is: 'has', label: NAMESPACE_LABEL };
  return selector.is === 'global' ? selector : lent(selector, 'pcns.');
}

/** The selector about labels that a namespace (`pcns.`) or an account (`pcsa.`) lends. */
export function lent(selector: Selector | undefined, prefix: string): Selector | undefined {
  if (selector === undefined) return undefined;
  if ('label' in selector) return { ...selector, label: `${prefix}${selector.label}` };
  if (selector.is === 'not') {
    const of = lent(selector.of, prefix);
    return of === undefined ? undefined : { ...selector, of };
  }
  if (selector.is !== 'and' && selector.is !== 'or') return selector;
  return { ...selector, of: selector.of.flatMap((one) => lent(one, prefix) ?? []) };
}

/** Whether ports hold the asked one; of the source's port nothing is known beforehand. */
function portsHold(ports: readonly CalicoPort[], { role }: Place, { protocol, port, to }: PolicyQuestion): Three {
  if (protocol === 'ICMP' || port === null) return false;
  if (role === 'source') return ports.some((one) => one.is === 'range' && one.from <= 1 && one.to >= 65535) ? true : undefined;
  return any(ports, (one) => {
    if (one.is === 'range') return port >= one.from && port <= one.to;
    if (to.is !== 'pod') return false;
    return to.pod.ports?.some((own) => own.name === one.name && own.protocol === protocol && own.port === port);
  });
}

/** A Service stands for the addresses and ports of its endpoints; as a source, for the addresses alone. */
function serviceHolds(
  service: NonNullable<CalicoEntity['service']>,
  place: Place,
  question: PolicyQuestion,
  { facts }: CalicoContext,
): Three {
  const read = facts.seen('endpoints', CLUSTER);
  const namespace = service.namespace ?? place.namespace;
  if (read.is === 'gap' || namespace === null) return undefined;
  const end = place.role === 'source' ? question.from : question.to;
  const found = read.value.some(
    (slice) =>
      slice.namespace === namespace &&
      slice.service === service.name &&
      slice.addresses.some(({ address }) => address === end.address) &&
      (place.role === 'source' || slice.ports.some((one) => one.protocol === question.protocol && one.port === question.port)),
  );
  return found || read.complete ? found : undefined;
}
