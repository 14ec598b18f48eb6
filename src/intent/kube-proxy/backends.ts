import { memoised } from '#dataplane/memo';
import type { Facts, Partition } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { FactOf } from '#facts/kinds';
import type { Service } from '#facts/service/service';
import { type Family, familyOf, type Ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';

type Endpoints = FactOf<'endpoints'>;

/** One address behind one port of a Service, as its EndpointSlices have it. */
export type Backend = {
  readonly address: Ip;
  readonly port: number;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly node: string | null;
  readonly pod: string | null;
  readonly forZones: readonly string[] | null;
  readonly forNodes: readonly string[] | null;
  /** The slice that tells of it. */
  readonly slice: Endpoints;
};

/** `ADDRESS:PORT` as kube-proxy writes it, of IPv6 `[ADDRESS]:PORT`. */
export const endText = ({ address, port }: Pick<Backend, 'address' | 'port'>): string =>
  familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;

/** An EndpointSlice tells whether it serves; an Endpoints object does not, and kube-proxy does not read it. */
const isSlice = ({ addresses, name, service }: Endpoints): boolean =>
  name !== service || addresses.some(({ serving }) => serving !== undefined);

const slicesByService = memoised((partition: Partition<'endpoints'>): ReadonlyMap<string, readonly Endpoints[]> => {
  const all = grouped(partition.facts, ({ namespace, service }) => `${namespace}/${service}`);
  return new Map([...all].map(([service, own]) => [service, own.some(isSlice) ? own.filter(isSlice) : own] as const));
});

/** The slices of a Service; of a cluster that shows only Endpoints objects, these. */
export function slicesOf(facts: Facts, { namespace, name }: Pick<Service, 'namespace' | 'name'>): Seen<readonly Endpoints[]> {
  const read = facts.seen('endpoints', CLUSTER);
  const partition = facts.partition('endpoints', CLUSTER);
  if (read.is === 'gap' || partition === undefined) return read;
  return seen(slicesByService(partition).get(`${namespace}/${name}`) ?? [], read.origins, read.complete);
}

/** What stands behind one port of a Service in one family; the port's name joins it with the slices' ports. */
export function backendsOf(facts: Facts, service: Service, portName: string, protocol: string, family: Family): Seen<readonly Backend[]> {
  const slices = slicesOf(facts, service);
  if (slices.is === 'gap') return slices;
  const all = slices.value.flatMap((slice) => backendsIn(slice, portName, protocol, family));
  // the same endpoint may stand in two slices while it moves from one to the other
  const byPlace = new Map(all.map((one) => [`${one.address} ${one.port}`, one] as const));
  return { ...slices, value: [...byPlace.values()] };
}

function backendsIn(slice: Endpoints, portName: string, protocol: string, family: Family): readonly Backend[] {
  const port = slice.ports.find((one) => one.name === portName && one.protocol === protocol)?.port;
  if (port === undefined || port === null) return [];
  return slice.addresses
    .filter(({ address }) => familyOf(address) === family)
    .map((one) => {
      const ready = one.ready ?? true;
      return {
        address: one.address,
        port,
        ready,
        serving: one.serving ?? ready,
        terminating: one.terminating ?? false,
        node: one.node ?? null,
        pod: one.pod ?? null,
        forZones: one.forZones ?? null,
        forNodes: one.forNodes ?? null,
        slice,
      };
    });
}
