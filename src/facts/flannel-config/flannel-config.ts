import type { Cidr } from '#net/cidr';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** flannel's network configuration: the etcd key `/coreos.com/network/config` or net-conf.json. Cluster scope. */
export type FlannelConfig = Fact & {
  readonly key: string;
  readonly network: Cidr;
  readonly subnetLength: Told<number>;
  readonly backend: Told<string>;
  readonly vni: Told<number>;
  readonly port: Told<number>;
  readonly directRouting: Told<boolean>;
};

export const flannelConfig = defineKind<FlannelConfig>()({
  id: 'flannel-config',
  is: "flannel's network configuration",
  key: (fact) => fact.key,
  capture: "flannel's configuration over etcd's HTTP API",
});
