import { type Action, defineAction } from '#change/change';
import { plainAddress } from '#facts/address/plain-address';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { type FactOf, type KindId, kindOf } from '#facts/kinds';
import { ownRoutes } from '#facts/route/own-routes';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import type { Scope } from '#snapshot/scope';
import { newSettings } from './settings.ts';

type Link = FactOf<'link'>;

/** A VXLAN device as flanneld makes one, with the MAC that its peers know. */
export type VxlanDevice = {
  readonly name: string;
  /** The device that it takes the place of, where that has another name. */
  readonly instead: string;
  readonly mac: Mac;
  readonly mtu: number;
  readonly vni: number;
  readonly local: Ip;
  readonly dev: string;
  readonly port: number;
  readonly address: Ip;
};

/**
 * Makes a VXLAN device, in the place of one that is there: VNI, port and lower device of a VXLAN device cannot be changed. It keeps
 * the MAC that peers know; what flanneld programs on it comes with flanneld's next start.
 */
export const makeVxlanDevice = (on: Scope, device: Omit<VxlanDevice, 'instead'> & { readonly instead?: string }): Action<VxlanDevice> => ({
  do: 'vxlan-device',
  on,
  params: { ...device, instead: device.instead ?? device.name },
});

/** The lines of `ip -batch` that make it. */
export const makeLines = ({ name, mac, mtu, vni, local, dev, port, address }: VxlanDevice): readonly string[] => [
  `link add ${name} address ${mac} mtu ${mtu} type vxlan id ${vni} local ${local} dev ${dev} dstport ${port} nolearning`,
  `addr add ${address}/32 dev ${name}`,
  `link set dev ${name} up`,
];

const factsIn = <K extends KindId>(facts: Facts, kind: K, scope: Scope): readonly FactOf<K>[] => {
  const read = facts.seen(kind, scope);
  return read.is === 'seen' ? read.value : [];
};

/** What goes with a device that is deleted: its addresses, routes, neighbours, forwarding entries and queues. */
function removed(facts: Facts, scope: Scope, name: string): readonly Edit[] {
  const gone = <K extends 'address' | 'route' | 'neighbour' | 'fdb' | 'qdisc'>(
    kind: K,
    is: (fact: FactOf<K>) => boolean,
  ): readonly Edit[] =>
    factsIn(facts, kind, scope)
      .filter(is)
      .map((fact): Edit => ({ op: 'delete', kind, scope, key: kindOf(kind).key(fact) }));
  return [
    ...gone('route', ({ hops }) => hops.some(({ dev }) => dev === name)),
    ...gone('neighbour', ({ dev }) => dev === name),
    ...gone('fdb', ({ dev }) => dev === name),
    ...gone('address', ({ dev }) => dev === name),
    ...gone('qdisc', ({ dev }) => dev === name),
  ];
}

/** The queue of a device that needs none, where queues were read. */
function newQueue(facts: Facts, scope: Scope, dev: string): readonly Edit[] {
  if (facts.seen('qdisc', scope).is === 'gap') return [];
  const fact = { dev, kind: 'noqueue', handle: '0:', parent: 'root', options: 'refcnt 2', filters: undefined };
  return [{ op: 'put', kind: 'qdisc', scope, fact }];
}

function made(facts: Facts, scope: Scope, device: VxlanDevice): readonly Edit[] {
  const { name, mac, mtu, vni, local, dev, port, address } = device;
  const links = factsIn(facts, 'link', scope);
  const lower = links.find((one) => one.name === dev);
  const like: Omit<Link, 'origin'> = links.find((one) => one.name === device.instead) ?? fresh(lower);
  const vxlan = { ...plain, ...(lower?.tunnel === undefined ? {} : detailed), ...like.vxlan, vni, local, dev, port };
  const link = { ...like, name, type: 'vxlan', mac, mtu, up: true, carrier: true, operState: 'UNKNOWN', master: null, vxlan };
  const own = plainAddress(name, address, 32);
  return [
    ...(device.instead === name
      ? []
      : links.filter((one) => one.name === device.instead).map((one): Edit => ({ op: 'delete', kind: 'link', scope, key: one.name }))),
    { op: 'put', kind: 'link', scope, fact: link },
    { op: 'put', kind: 'address', scope, fact: own },
    ...ownRoutes(own).map((fact): Edit => ({ op: 'put', kind: 'route', scope, fact })),
    ...newSettings(facts, scope, name, mtu),
    ...newQueue(facts, scope, name),
  ];
}

/** What the kernel gives a VXLAN device that asks for nothing else. */
const plain = { learning: false, external: false, df: 'unset', remote: null, group: null } as const;
/** The same, told where details of devices are told. */
const detailed = { ttl: 0, tos: 0, proxy: false, l2miss: false, ageingSeconds: 300 } as const;

/** A device that nothing is known of but what everyone is told at its making. */
const fresh = (lower: Link | undefined): Omit<Link, 'origin'> => ({
  name: '',
  index: undefined,
  type: 'vxlan',
  mac: undefined,
  mtu: undefined,
  up: true,
  carrier: true,
  operState: 'UNKNOWN',
  noArp: lower?.noArp === undefined ? undefined : false,
  promiscuous: lower?.promiscuous === undefined ? undefined : false,
  master: null,
  peerIndex: lower?.peerIndex === undefined ? undefined : null,
  peerNsid: lower?.peerNsid === undefined ? undefined : null,
  peerName: lower?.peerName === undefined ? undefined : null,
  vxlan: null,
  bridge: lower?.bridge === undefined ? undefined : null,
  port: lower?.port === undefined ? undefined : null,
  gsoMaxSegs: lower?.gsoMaxSegs,
  tunnel: lower?.tunnel === undefined ? undefined : null,
  upper: lower?.upper === undefined ? undefined : null,
  group: lower?.group === undefined ? undefined : 'default',
  xdp: lower?.xdp === undefined ? undefined : false,
});

const text = ({ name, mac, mtu, vni, local, dev, port }: Omit<VxlanDevice, 'instead' | 'address'>): string =>
  `${name} ${mac} mtu ${mtu} vxlan id ${vni} local ${local} dev ${dev} dstport ${port}`;

function textOf({ name, mac, mtu, vxlan }: Link): string {
  const told = (value: unknown): string => String(value ?? '?');
  return `${name} ${told(mac)} mtu ${told(mtu)} vxlan id ${told(vxlan?.vni)} local ${told(vxlan?.local)} dev ${told(vxlan?.dev)} dstport ${told(vxlan?.port)}`;
}

export default defineAction<VxlanDevice>({
  id: 'vxlan-device',
  rights: 'CAP_NET_ADMIN',
  command: ({ params }) => [`ip link del ${params.instead}`, ...makeLines(params).map((line) => `ip ${line}`)].join(' && '),
  diff: (facts, { on, params }) => {
    const now = factsIn(facts, 'link', on).find(({ name }) => name === params.instead);
    return [...(now === undefined ? [] : [`- ${textOf(now)}`]), `+ ${text(params)}`];
  },
  preview: (facts, { on, params }) => {
    const links = facts.seen('link', on);
    if (links.is === 'gap') return { is: 'unknown', gap: links.gap };
    const by = `ip link add ${params.name}`;
    const without = edit(facts, removed(facts, on, params.instead), by);
    return { is: 'facts', facts: edit(without, made(facts, on, params), by) };
  },
});
