import { plainAddress } from '#facts/address/plain-address';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { type FactOf, kindOf } from '#facts/kinds';
import { ownRoutes } from '#facts/route/own-routes';
import { baseOf, type Cidr, contains } from '#net/cidr';
import type { Ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import { deviceName, flannelConfig, flannelDevice } from './device.ts';
import { flanneldFlag, flanneldProcess, flanneldUnit } from './daemon.ts';
import { followLeases } from './follow.ts';
import { leaseOf, leasesOf, underlayAddress } from './home.ts';
import { ownRules } from './own-rules.ts';
import { adds } from './programs.ts';
import { vxlanLeaseValue } from './value.ts';
import { writtenFiles } from './written.ts';

type Link = FactOf<'link'>;
type Lease = FactOf<'lease'>;

const BY = 'flanneld';

/**
 * What flanneld v0.28 does when it starts on a node: keeps a VXLAN device that fits, takes its lease by its public address and
 * writes the device's true MAC into it, takes the device up, programs every peer's lease anew, renews its own rules and files. Of
 * what peers once told it takes nothing away.
 */
export function startFlanneld(stopped: Facts, node: string): Facts {
  const before = withCommandOfUnit(stopped, node);
  const device = flannelDevice(before, node);
  if (device.is === 'gap' || device.value === null) return before; // the MAC of a device that it makes is drawn at random
  const address = publicAddress(before, node);
  if (address === undefined || !fits(before, node, device.value, address)) return before;
  const own = ownLease(before, node, address);
  if (own === undefined) return before; // a new subnet is drawn at random
  const registered = register(before, own, address, device.value);
  const up = dress(registered, node, own, device.value);
  const heard = followLeases(before, up);
  const leases = leasesOf(heard);
  const peers = leases.is === 'seen' ? leases.value.filter(({ subnet }) => subnet !== own.subnet) : [];
  const network = flannelConfig(heard)?.network;
  const settled = network === undefined ? heard : settle(heard, node, network, own.subnet, device.value.mtu);
  return peers.reduce((now, peer) => edit(now, adds(now, node, peer, device.value?.name ?? ''), BY), settled);
}

/** Its rules, then the files that others read. */
function settle(facts: Facts, node: string, network: Cidr, subnet: Cidr, mtu: number | undefined): Facts {
  const ruled = edit(facts, ownRules(facts, node, network, subnet), BY);
  return edit(ruled, writtenFiles(ruled, node, network, subnet, mtu), BY);
}

/** The command line of the unit's files, which a drop-in may have changed since the last start. */
function withCommandOfUnit(facts: Facts, node: string): Facts {
  const [running, unit] = [flanneldProcess(facts, node), flanneldUnit(facts, node)];
  const command = unit?.directives?.get('Service.ExecStart')?.at(-1);
  if (running === undefined || command === undefined || /[$"'\\]/.test(command)) return facts;
  const { origin: _, ...rest } = running;
  const scope = onNode(node);
  return edit(
    facts,
    [
      { op: 'delete', kind: 'process', scope, key: kindOf('process').key(running) },
      { op: 'put', kind: 'process', scope, fact: { ...rest, argv: command.split(/\s+/) } },
    ],
    BY,
  );
}

/** What flanneld tells its peers: its flag, the address of its interface, else the one that its device was made with. */
function publicAddress(facts: Facts, node: string): Ip | undefined {
  const flag = flanneldFlag(facts, node, 'public-ip');
  if (flag !== undefined && flag !== '') return flag as Ip;
  const iface = flanneldFlag(facts, node, 'iface');
  const addresses = facts.seen('address', onNode(node));
  const named = addresses.is === 'seen' ? addresses.value.find(({ dev, address }) => dev === iface || address === iface) : undefined;
  return named?.address ?? underlayAddress(facts, node);
}

/** Whether flanneld keeps the device (vxlanLinksIncompat): VNI, port, local address; a field that was not told cannot differ. */
function fits(facts: Facts, node: string, { name, vxlan }: Link, address: Ip): boolean {
  const config = flannelConfig(facts);
  const told = vxlan ?? undefined;
  if (config?.vni !== undefined && (name !== deviceName(config.vni) || (told !== undefined && told.vni !== config.vni))) return false;
  if (config?.port !== undefined && told?.port !== undefined && told.port !== config.port) return false;
  const flag = flanneldFlag(facts, node, 'public-ip');
  return flag !== undefined || told?.local === undefined || told.local === null || told.local === address;
}

/** The lease of the public address; else the subnet of the last run, unless another machine has it by now. */
function ownLease(facts: Facts, node: string, address: Ip): Lease | undefined {
  const leases = leasesOf(facts);
  if (leases.is === 'gap') return undefined;
  const byAddress = leases.value.find(({ publicIp }) => publicIp === address);
  if (byAddress !== undefined) return byAddress;
  const files = facts.seen('subnet-env', onNode(node));
  const subnet = files.is === 'seen' ? files.value[0]?.subnet : undefined;
  if (subnet === undefined || leases.value.some((lease) => lease.subnet === subnet)) return undefined;
  const sibling = leases.value[0] ?? leaseOf(facts, node, leases.value);
  const prefix =
    sibling?.store.in === 'etcd'
      ? sibling.store.key.replace(/\/[^/]*$/, '')
      : `${flanneldFlag(facts, node, 'etcd-prefix') ?? '/coreos.com/network'}/subnets`;
  const key = `${prefix}/${subnet.replace('/', '-')}`;
  const store = { in: 'etcd' as const, key, api: sibling?.store.in === 'etcd' ? sibling.store.api : 3 };
  return {
    subnet,
    store,
    publicIp: null,
    backend: 'vxlan',
    vtepMac: null,
    vni: null,
    etcdLease: undefined,
    ttlSeconds: undefined,
    modRevision: undefined,
    value: undefined,
    origin: { file: '' },
  };
}

/** The lease with the node's own address and its device's true MAC, under a new etcd lease. */
function register(facts: Facts, own: Lease, publicIp: Ip, { mac, vxlan, name }: Link): Facts {
  const vni = vxlan?.vni ?? Number(name.split('.')[1] ?? 1);
  if (mac === undefined || mac === null) return facts;
  const { origin: _, ...rest } = own;
  const value = vxlanLeaseValue(publicIp, vni, mac);
  const same = own.publicIp === publicIp && own.vtepMac === mac && own.vni === vni;
  const fact = { ...rest, publicIp, backend: 'vxlan', vtepMac: mac, vni, value: same ? (own.value ?? value) : value };
  return same ? facts : edit(facts, [{ op: 'put', kind: 'lease', scope: CLUSTER, fact }], BY);
}

/** The device goes up and has the subnet's first address. */
function dress(facts: Facts, node: string, { subnet }: Lease, link: Link): Facts {
  const scope = onNode(node);
  const addresses = facts.seen('address', scope);
  const base = baseOf(subnet);
  const has = addresses.is === 'gap' || addresses.value.some(({ dev, address }) => dev === link.name && address === base);
  const up: Edit[] =
    link.up === false ? [{ op: 'put', kind: 'link', scope, fact: { ...link, up: true, carrier: true, operState: 'UNKNOWN' } }] : [];
  const added = has && link.up !== false ? [] : addressEdits(node, link.name, base, has);
  return edit(facts, [...up, ...(has ? [] : formerAddresses(facts, node, link.name)), ...added], BY);
}

/** Addresses of flannel's network that the device has from an earlier subnet: they go (EnsureV4AddressOnLink), and their local routes. */
function formerAddresses(facts: Facts, node: string, dev: string): readonly Edit[] {
  const scope = onNode(node);
  const network = flannelConfig(facts)?.network;
  const [addresses, routes] = [facts.seen('address', scope), facts.seen('route', scope)];
  const former =
    addresses.is === 'seen' && network !== undefined
      ? addresses.value.filter((one) => one.dev === dev && contains(network, one.address))
      : [];
  const local =
    routes.is === 'seen'
      ? routes.value.filter(
          ({ type, source, hops }) => type === 'local' && hops[0]?.dev === dev && former.some(({ address }) => address === source),
        )
      : [];
  return [
    ...former.map((one): Edit => ({ op: 'delete', kind: 'address', scope, key: kindOf('address').key(one) })),
    ...local.map((one): Edit => ({ op: 'delete', kind: 'route', scope, key: kindOf('route').key(one) })),
  ];
}

function addressEdits(node: string, dev: string, address: Ip, has: boolean): readonly Edit[] {
  const scope = onNode(node);
  const own = plainAddress(dev, address, 32);
  const put: Edit[] = has ? [] : [{ op: 'put', kind: 'address', scope, fact: own }];
  return [...put, ...ownRoutes(own).map((fact): Edit => ({ op: 'put', kind: 'route', scope, fact }))];
}
