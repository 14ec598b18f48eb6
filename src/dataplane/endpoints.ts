import type { Facts } from '#facts/facts';
import type { Service } from '#facts/service/service';
import { type Ip, isLoopback, parseIp } from '#net/ip';
import { CLUSTER, onNode, type Scope } from '#snapshot/scope';
import { entryOf } from '#net/entry';
import { memoised } from './memo.ts';
import { type PodNamespace, podNamespaces } from './pods.ts';
import { worldOf } from './world.ts';

/** What a name or an address means: where a flow can start, and the address where it ends. */
export type Endpoint = {
  readonly kind: 'pod' | 'namespace' | 'node' | 'service' | 'address';
  /** Its canonical text. */
  readonly name: string;
  /** Where packets of it start; `null` for a Service, or an address that nothing captured has. */
  readonly scope: Scope | null;
  /** The address it sends from and is reached at; `null` when it has none. */
  readonly address: Ip | null;
};

/** An endpoint, or why the text names none: what was tried, and names that are near. */
export type Resolved =
  | { readonly is: 'found'; readonly endpoint: Endpoint }
  | { readonly is: 'problem'; readonly says: string; readonly near: readonly string[] };

/**
 * Resolves what a person writes: `ns/pod`, `node/netns`, a node, `svc/ns/name`, `ns/service`, a Service's name in DNS, an address;
 * `pod/`, `node/` and `svc/` say which.
 */
export function resolveEndpoint(facts: Facts, text: string): Resolved {
  const address = parseIp(text);
  if (address !== undefined) return found(ofAddress(facts, address));
  const [, kind, rest = text] = /^(pod|node|svc|service|netns)\/(.+)$/.exec(text) ?? [];
  const tried = TRIES.filter(([name]) => kind === undefined || name === entryOf(KINDS, kind));
  for (const [, find] of tried) {
    const endpoint = find(facts, rest);
    if (endpoint !== undefined) return found(endpoint);
  }
  const names = tried.flatMap(([, , list]) => list(facts));
  const what = tried.map(([name]) => name).join(', ');
  const near = nearest(rest, names);
  const hint = near.length > 0 ? `; near: ${near.join(', ')}` : names.length === 0 ? '; the snapshot has none' : knownText(names, facts);
  return { is: 'problem', says: `${text} names no ${what.replace(/, ([^,]*)$/, ' or $1')}${hint}`, near };
}

const FEW = 6;

/** What there is to name; a capture of nodes alone knows no pods' names where their runtime does not tell them. */
function knownText(names: readonly string[], facts: Facts): string {
  const nameless = podNamespaces(facts).every(({ name }) => name == null);
  const more = names.length > FEW ? ' …' : '';
  return `; known: ${names.slice(0, FEW).join(', ')}${more}${nameless ? '; no pod is named: add the output of `kubectl get pods -A -o json`' : ''}`;
}

const found = (endpoint: Endpoint): Resolved => ({ is: 'found', endpoint });

const KINDS: Readonly<Record<string, string>> = {
  pod: 'pod',
  node: 'node',
  svc: 'Service',
  service: 'Service',
  netns: 'captured namespace',
};

type Try = readonly [name: string, find: (facts: Facts, text: string) => Endpoint | undefined, list: (facts: Facts) => readonly string[]];

const TRIES: readonly Try[] = [
  ['node', (facts, text) => (facts.nodes().includes(text) ? nodeEndpoint(facts, text) : nodeObject(facts, text)), (facts) => facts.nodes()],
  ['pod', (facts, text) => podNamed(facts, text), (facts) => podNamespaces(facts).flatMap(({ name }) => name ?? [])],
  ['captured namespace', (facts, text) => namespaceNamed(facts, text), (facts) => podNamespaces(facts).map(scopeName)],
  [
    'Service',
    (facts, text) => serviceNamed(facts, text),
    (facts) => servicesOf(facts).map(({ namespace, name }) => `${namespace}/${name}`),
  ],
];

const scopeName = ({ scope }: PodNamespace): string => `${scope.node}/${scope.netns}`;

/** The endpoint that a node is. */
export function nodeEndpoint(facts: Facts, node: string): Endpoint {
  return { kind: 'node', name: `node/${node}`, scope: onNode(node), address: nodeAddress(facts, node) };
}

/** A node that only its object tells of: it can be asked for, and nothing was captured there that could ask. */
function nodeObject(facts: Facts, node: string): Endpoint | undefined {
  const objects = facts.seen('node', CLUSTER);
  const object = objects.is === 'gap' ? undefined : objects.value.find(({ name }) => name === node);
  const [address] = object?.internalIps ?? [];
  return address === undefined ? undefined : { kind: 'node', name: `node/${node}`, scope: null, address };
}

/** The address that a node is known by: its lease's or its object's where it really has it, else the one towards its default route. */
export function nodeAddress(facts: Facts, node: string): Ip | null {
  const known = knownAddresses(facts);
  const before = known.get(node);
  if (before !== undefined) return before;
  const address = addressOf(facts, node);
  known.set(node, address);
  return address;
}

/** Asked for each pair of machines: each is looked for once. */
const knownAddresses = memoised((_: Facts) => new Map<string, Ip | null>());

function addressOf(facts: Facts, node: string): Ip | null {
  const addresses = facts.seen('address', onNode(node));
  const own =
    addresses.is === 'gap'
      ? []
      : addresses.value.filter(({ address, scope }) => !isLoopback(address) && scope !== 'host' && scope !== 'link');
  const objects = facts.seen('node', CLUSTER);
  const told = objects.is === 'gap' ? [] : objects.value.filter(({ name }) => name === node).flatMap(({ internalIps }) => internalIps);
  const leased = leasedTo(facts);
  const held =
    told.find((address) => own.some((one) => one.address === address)) ??
    firstOf(own.flatMap(({ address }) => (leased.has(address) ? [[address, leased.get(address) ?? 0] as const] : [])));
  if (held !== undefined) return held;
  const routes = facts.seen('route', onNode(node));
  const way = routes.is === 'gap' ? undefined : routes.value.find(({ to, table }) => to === '0.0.0.0/0' && table === 'main');
  const dev = way?.hops[0]?.dev;
  return own.find((address) => address.dev === dev)?.address ?? own[0]?.address ?? told[0] ?? null;
}

/** The addresses that leases are for, each with the place of its first. */
const leasedTo = memoised((facts: Facts): ReadonlyMap<Ip, number> => {
  const leases = facts.seen('lease', CLUSTER);
  const places = new Map<Ip, number>();
  for (const [at, { publicIp }] of leases.is === 'gap' ? [] : leases.value.entries()) {
    if (publicIp != null && !places.has(publicIp)) places.set(publicIp, at);
  }
  return places;
});

const firstOf = (placed: readonly (readonly [Ip, number])[]): Ip | undefined =>
  placed.toSorted(([, one], [, other]) => one - other)[0]?.[0];

const podEndpoint = (pod: PodNamespace): Endpoint => ({
  kind: pod.placedBy === null ? 'namespace' : 'pod',
  name: pod.name === null ? scopeName(pod) : `pod/${pod.name}`,
  scope: pod.scope,
  address: pod.address,
});

function podNamed(facts: Facts, text: string): Endpoint | undefined {
  const name = text.includes('/') ? text : `default/${text}`;
  const captured = podNamespaces(facts).find((pod) => pod.name === name);
  if (captured !== undefined) return podEndpoint(captured);
  const pods = facts.seen('pod', { node: '', netns: '' });
  const object = pods.is === 'gap' ? undefined : pods.value.find((pod) => `${pod.namespace}/${pod.name}` === name);
  if (object === undefined) return undefined;
  const address = object.addresses[0] ?? null;
  const host = object.hostNetwork === true && typeof object.node === 'string' && facts.nodes().includes(object.node);
  return { kind: 'pod', name: `pod/${name}`, scope: host ? onNode(object.node ?? '') : null, address };
}

function namespaceNamed(facts: Facts, text: string): Endpoint | undefined {
  const all = podNamespaces(facts);
  const exact = all.find((pod) => scopeName(pod) === text) ?? all.find(({ scope }) => scope.netns === text);
  return exact === undefined ? undefined : podEndpoint(exact);
}

function servicesOf(facts: Facts): readonly Service[] {
  const seen = facts.seen('service', { node: '', netns: '' });
  return seen.is === 'gap' ? [] : seen.value;
}

/** `web.shop.svc`, `web.shop.svc.cluster.local`, `web.shop.svc.cluster.local.` */
const IN_DNS = /^([^./]+)\.([^./]+)\.svc(?:\.|$)/;

function serviceNamed(facts: Facts, asked: string): Endpoint | undefined {
  const [, label, of] = IN_DNS.exec(asked) ?? [];
  const text = label === undefined || of === undefined ? asked : `${of}/${label}`;
  const service = servicesOf(facts).find(
    ({ namespace, name }) => `${namespace}/${name}` === text || (namespace === 'default' && name === text),
  );
  if (service === undefined) return undefined;
  return { kind: 'service', name: `svc/${service.namespace}/${service.name}`, scope: null, address: service.clusterIps[0] ?? null };
}

/** An address: of a pod, a node, or of nobody who was captured. */
function ofAddress(facts: Facts, address: Ip): Endpoint {
  const pod = podNamespaces(facts).find((one) => one.address === address);
  if (pod !== undefined) return { ...podEndpoint(pod), address };
  for (const stack of worldOf(facts).stacks()) {
    if (stack.addresses.is === 'seen' && stack.addresses.table.byAddress.has(address) && !isLoopback(address)) {
      return { kind: 'address', name: address, scope: stack.scope, address };
    }
  }
  return { kind: 'address', name: address, scope: null, address };
}

const MOST_NEAR = 5;

/** Names that differ by little, or that contain what was written. */
function nearest(text: string, names: readonly string[]): readonly string[] {
  const last = text.split('/').at(-1) ?? text;
  const scored = [...new Set(names)].map((name) => ({
    name,
    distance: name.includes(last) ? 0 : distance(text.toLowerCase(), name.toLowerCase()),
  }));
  return scored
    .filter(({ distance: far, name }) => far <= Math.max(2, Math.floor(name.length / 3)))
    .sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, MOST_NEAR)
    .map(({ name }) => name);
}

/** Levenshtein's distance of two short texts. */
function distance(one: string, other: string): number {
  if (one.length > 120 || other.length > 120) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const change = one[at - 1] === other[to - 1] ? 0 : 1;
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + change));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
