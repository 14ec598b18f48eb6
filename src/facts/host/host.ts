import { defineKind, type Fact, type Told } from '../kind.ts';

/** What a machine says of itself. */
export type Host = Fact & {
  readonly hostname: Told<string>;
  readonly kernel: Told<string>;
  readonly machineId: Told<string | null>;
  readonly bootId: Told<string>;
  readonly os: Told<string>;
};

export const host = defineKind<Host>()({
  id: 'host',
  is: 'what a machine says of itself',
  key: () => '',
  volatile: ['bootId'],
  capture: 'uname -a; cat /etc/machine-id /proc/sys/kernel/random/boot_id',
});
