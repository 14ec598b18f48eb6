import type { Cidr } from '#net/cidr';
import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** What flanneld wrote for others to read: /run/flannel/subnet.env. */
export type SubnetEnv = Fact & {
  readonly path: string;
  readonly network: Told<Cidr>;
  /** The address the pod bridge should have, with its length. */
  readonly gateway: Told<Ip>;
  readonly subnet: Told<Cidr>;
  readonly mtu: Told<number>;
  readonly ipMasq: Told<boolean>;
};

export const subnetEnv = defineKind<SubnetEnv>()({
  id: 'subnet-env',
  is: 'the subnet that flanneld wrote down on its node',
  key: (fact) => fact.path,
  capture: 'cat /run/flannel/subnet.env',
});
