import type { Cidr } from '#net/cidr';
import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** Docker's bridge options from one place: /run/flannel/docker, /etc/docker/daemon.json, dockerd's command line. */
export type DockerOptions = Fact & {
  readonly place: string;
  readonly bridgeAddress: Told<Ip | null>;
  readonly bridgeSubnet: Told<Cidr | null>;
  readonly mtu: Told<number | null>;
  readonly ipMasq: Told<boolean | null>;
  readonly iptables: Told<boolean | null>;
};

export const dockerOptions = defineKind<DockerOptions>()({
  id: 'docker-options',
  is: "Docker's bridge options",
  key: (fact) => fact.place,
  capture: 'cat /run/flannel/docker /etc/docker/daemon.json',
});
