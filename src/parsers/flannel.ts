import type { FactOf } from '#facts/kinds';
import { type Cidr, parseCidr } from '#net/cidr';
import { parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import type { Origin } from '#snapshot/origin';
import { booleanAt, member, numberAt, readJson, textAt } from './document.ts';

export type Lease = FactOf<'lease'>;
export type FlannelConfig = FactOf<'flannel-config'>;

/** A key of etcd as one form tells it; what the form does not tell is left `undefined`. */
export type EtcdKey = {
  readonly key: string;
  readonly value: string | undefined;
  readonly api: 2 | 3 | undefined;
  readonly etcdLease: string | null | undefined;
  readonly ttlSeconds: number | null | undefined;
  readonly modRevision: number | undefined;
  readonly origin: Origin;
};

/** What flannel keeps under a key: a subnet lease, the network's configuration, or nothing of flannel's. */
export type FlannelRead = { readonly lease: Lease } | { readonly config: FlannelConfig } | { readonly why: string } | undefined;

/** `10.100.88.0-24` at the end of a lease's key; a dual-stack one goes on with `&` and the IPv6 subnet. */
function subnetOf(key: string): Cidr | undefined {
  const name = /\/subnets\/([0-9.]{7,15})-(\d{1,2})(?:&[0-9a-f:]{2,39}-\d{1,3})?$/.exec(key);
  return name === null ? undefined : parseCidr(`${name[1]}/${name[2]}`);
}

/** Whether a key can be flannel's: only the values of such keys are looked at. */
export const isFlannelKey = (key: string): boolean => subnetOf(key) !== undefined || /\/network\/config$/.test(key);

export function readKey(one: EtcdKey): FlannelRead {
  const subnet = subnetOf(one.key);
  if (subnet !== undefined) return leaseOf(one, subnet);
  if (!/\/network\/config$/.test(one.key) || one.value === undefined) return undefined;
  const config = configOf(one.key, one.value, one.origin);
  return config === undefined ? { why: `${one.key} holds no network configuration` } : { config };
}

/** What a lease's value tells; all of it is not told where there is no value. */
type LeaseValue = Pick<Lease, 'publicIp' | 'backend' | 'vtepMac' | 'vni'>;

const NOT_TOLD: LeaseValue = { publicIp: undefined, backend: undefined, vtepMac: undefined, vni: undefined };

function leaseOf(one: EtcdKey, subnet: Cidr): FlannelRead {
  const read = one.value === undefined ? undefined : readJson(one.value);
  const value = read !== undefined && 'value' in read ? leaseValue(read.value) : NOT_TOLD;
  if (read !== undefined && 'why' in read) return { why: `the lease of ${subnet} is ${read.why}` };
  const { api, etcdLease, ttlSeconds, modRevision, origin } = one;
  const store = { in: 'etcd', key: one.key, api } as const;
  return { lease: { subnet, store, ...value, etcdLease, ttlSeconds, modRevision, value: one.value, origin } };
}

/** The members of flannel's LeaseAttrs (pkg/lease). `null` where the value has none of it. */
export function leaseValue(value: unknown): LeaseValue {
  const data = member(value, 'BackendData');
  const mac = textAt(data, 'VtepMAC');
  const publicIp = textAt(value, 'PublicIP');
  return {
    publicIp: publicIp === undefined || publicIp === '' ? null : parseIp(publicIp),
    backend: textAt(value, 'BackendType') ?? null,
    vtepMac: mac === undefined || mac === '' ? null : parseMac(mac),
    vni: numberAt(data, 'VNI') ?? null,
  };
}

/** flannel's network configuration (etcd key or net-conf.json); nothing when the text is none. */
export function configOf(key: string, text: string, origin: Origin): FlannelConfig | undefined {
  const read = readJson(text);
  if (!('value' in read)) return undefined;
  const network = parseCidr(textAt(read.value, 'Network') ?? '');
  if (network === undefined) return undefined;
  const backend = member(read.value, 'Backend');
  return {
    key,
    network,
    subnetLength: numberAt(read.value, 'SubnetLen'),
    backend: textAt(backend, 'Type'),
    vni: numberAt(backend, 'VNI'),
    port: numberAt(backend, 'Port'),
    directRouting: booleanAt(backend, 'DirectRouting'),
    origin,
  };
}
