import type { Cidr } from '#net/cidr';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A flannel subnet lease: an etcd key under `/coreos.com/network/subnets`, or the annotations of a Node. Cluster scope. */
export type Lease = Fact & {
  readonly subnet: Cidr;
  /** Where it is kept. */
  readonly store: { readonly in: 'etcd'; readonly key: string; readonly api: Told<2 | 3> } | { readonly in: 'node'; readonly node: string };
  readonly publicIp: Told<Ip | null>;
  /** `vxlan`, `host-gw`, `udp`; `null`: the value names none (flannel's udp backend). */
  readonly backend: Told<string | null>;
  readonly vtepMac: Told<Mac | null>;
  readonly vni: Told<number | null>;
  /** Hexadecimal id of the etcd lease the key hangs on; `null`: on none, so it never expires. */
  readonly etcdLease: Told<string | null>;
  readonly ttlSeconds: Told<number | null>;
  readonly modRevision: Told<number>;
  /** The value as stored. */
  readonly value: Told<string>;
};

export const lease = defineKind<Lease>()({
  id: 'lease',
  is: 'a flannel subnet lease',
  key: (fact) => `${fact.store.in === 'etcd' ? '' : `${fact.store.node} `}${fact.subnet}`,
  // a flanneld that starts puts its key under a new etcd lease
  volatile: ['ttlSeconds', 'modRevision', 'etcdLease'],
  capture: "flannel's leases over etcd's HTTP API, or kubectl get nodes -o json",
});
