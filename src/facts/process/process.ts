import { defineKind, type Fact, type Told } from '../kind.ts';

/** A running process that matters for the network (flanneld, kubelet, dockerd, kube-proxy, etcd …), its arguments redacted. */
export type Process = Fact & {
  readonly pid: number;
  /** Base name of what runs: `flanneld`. */
  readonly name: string;
  readonly argv: readonly string[];
  /** Clock ticks since boot at its start (field 22 of /proc/PID/stat). */
  readonly startTicks: Told<number>;
  readonly unit: Told<string | null>;
};

export const process = defineKind<Process>()({
  id: 'process',
  is: 'a running process',
  key: (fact) => `${fact.name} ${fact.argv.join(' ')}`,
  volatile: ['pid', 'startTicks'],
  capture: '/proc/PID/cmdline',
});
