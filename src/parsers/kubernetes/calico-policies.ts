import type { CalicoEntity, CalicoIcmp, CalicoPort, CalicoRule } from '#facts/calico-policy/calico-policy';
import type { FactOf } from '#facts/kinds';
import { type Cidr, parseCidr } from '#net/cidr';
import type { Origin } from '#snapshot/origin';
import { entryOf } from '#net/entry';
import { booleanAt, listAt, member, numberAt, textAt } from '../document.ts';

/** A NetworkPolicy or GlobalNetworkPolicy of crd.projectcalico.org/v1 or projectcalico.org/v3. */
export function calicoPolicyOf(object: unknown, origin: Origin): FactOf<'calico-policy'> | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === undefined) return undefined;
  const isGlobal = textAt(object, 'kind') !== 'NetworkPolicy';
  const rules = (side: 'ingress' | 'egress'): readonly CalicoRule[] =>
    (listAt(object, 'spec', side) ?? []).map((rule, index) => ruleOf(rule, `spec.${side}[${index}]`));
  const [ingress, egress] = [rules('ingress'), rules('egress')];
  const text = (field: string): string => textAt(object, 'spec', field) ?? '';
  const flag = (field: string): boolean => booleanAt(object, 'spec', field) ?? false;
  return {
    namespace: isGlobal ? null : (textAt(object, 'metadata', 'namespace') ?? 'default'),
    name,
    tier: text('tier') || 'default',
    order: decimalAt(object, 'order'),
    selector: text('selector'),
    namespaceSelector: text('namespaceSelector'),
    serviceAccountSelector: text('serviceAccountSelector'),
    types: typesOf(listAt(object, 'spec', 'types'), ingress.length > 0, egress.length > 0),
    ingress,
    egress,
    applyOnForward: flag('applyOnForward') || flag('preDNAT') || flag('doNotTrack'),
    preDnat: flag('preDNAT'),
    doNotTrack: flag('doNotTrack'),
    origin,
  };
}

const decimalAt = (object: unknown, field: string): number | null => {
  const found = member(object, 'spec', field);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
};

/** Left out: both where both have rules, Egress where only egress has, else Ingress. */
function typesOf(told: readonly unknown[] | undefined, ingress: boolean, egress: boolean): FactOf<'calico-policy'>['types'] {
  if (told !== undefined && told.length > 0) return (['Ingress', 'Egress'] as const).filter((type) => told.includes(type));
  if (egress) return ingress ? ['Ingress', 'Egress'] : ['Egress'];
  return ['Ingress'];
}

const ACTIONS: Readonly<Record<string, CalicoRule['action']>> = { allow: 'Allow', deny: 'Deny', log: 'Log', pass: 'Pass' };

function ruleOf(rule: unknown, path: string): CalicoRule {
  const action = entryOf(ACTIONS, textAt(rule, 'action')?.toLowerCase());
  const version = numberAt(rule, 'ipVersion');
  const [source, destination] = [entityOf(member(rule, 'source')), entityOf(member(rule, 'destination'))];
  const unclear = [action === undefined ? 'an action that is not known' : null, httpOf(rule), source.unclear, destination.unclear];
  return {
    path,
    action: action ?? 'Deny',
    ipVersion: version === 4 || version === 6 ? version : null,
    protocol: protocolAt(rule, 'protocol'),
    notProtocol: protocolAt(rule, 'notProtocol'),
    icmp: icmpAt(rule, 'icmp'),
    notIcmp: icmpAt(rule, 'notICMP'),
    source: source.entity,
    destination: destination.entity,
    unclear: unclear.find((one) => one !== null) ?? null,
  };
}

const httpOf = (rule: unknown): string | null => {
  const http = member(rule, 'http');
  return http === undefined || http === null ? null : 'it asks for HTTP methods or paths';
};

function protocolAt(rule: unknown, field: string): string | null {
  const found = member(rule, field);
  return typeof found === 'string' ? found.toUpperCase() : typeof found === 'number' ? String(found) : null;
}

function icmpAt(rule: unknown, field: string): CalicoIcmp | null {
  const icmp = member(rule, field);
  if (icmp === undefined || icmp === null) return null;
  return { type: numberAt(icmp, 'type') ?? null, code: numberAt(icmp, 'code') ?? null };
}

type Entity = { readonly entity: CalicoEntity; readonly unclear: string | null };

function entityOf(value: unknown): Entity {
  const nets = netsAt(value, 'nets');
  const notNets = netsAt(value, 'notNets');
  const ports = portsAt(value, 'ports');
  const notPorts = portsAt(value, 'notPorts');
  const accounts = member(value, 'serviceAccounts');
  const service = textAt(value, 'services', 'name');
  const text = (field: string): string => textAt(value, field) ?? '';
  const domains = listAt(value, 'domains') ?? [];
  const broken = [nets, notNets, ports, notPorts].some((one) => one.broken);
  return {
    entity: {
      nets: nets.list.length === 0 && !nets.broken ? null : nets.list,
      notNets: notNets.list,
      selector: text('selector'),
      notSelector: text('notSelector'),
      namespaceSelector: text('namespaceSelector'),
      serviceAccounts:
        accounts === undefined || accounts === null
          ? null
          : {
              names: (listAt(accounts, 'names') ?? []).filter((one) => typeof one === 'string'),
              selector: textAt(accounts, 'selector') ?? '',
            },
      service: service === undefined ? null : { namespace: textAt(value, 'services', 'namespace') ?? null, name: service },
      ports: ports.list.length === 0 && !ports.broken ? null : ports.list,
      notPorts: notPorts.list,
    },
    unclear: domains.length > 0 ? 'it asks for names of hosts' : broken ? 'a prefix or port that is not understood' : null,
  };
}

type Listed<T> = { readonly list: readonly T[]; readonly broken: boolean };

function netsAt(value: unknown, field: string): Listed<Cidr> {
  const all = (listAt(value, field) ?? []).map((one) => (typeof one === 'string' ? parseCidr(one) : undefined));
  const list = all.filter((one) => one !== undefined);
  return { list, broken: list.length < all.length };
}

function portsAt(value: unknown, field: string): Listed<CalicoPort> {
  const all = (listAt(value, field) ?? []).map(portOf);
  const list = all.filter((one) => one !== undefined);
  return { list, broken: list.length < all.length };
}

function portOf(value: unknown): CalicoPort | undefined {
  if (typeof value === 'number') return { is: 'range', from: value, to: value };
  if (typeof value !== 'string') return undefined;
  const [, from, to] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(value) ?? [];
  if (from !== undefined) return { is: 'range', from: Number(from), to: Number(to ?? from) };
  return /^[a-zA-Z0-9_.-]{1,128}$/.test(value) ? { is: 'name', name: value } : undefined;
}
