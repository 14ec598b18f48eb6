import { defineKind, type Fact } from '../kind.ts';

/** A kernel setting by its dotted name: `net.ipv4.ip_forward`. A device name with dots keeps them as `/`, as sysctl writes it. */
export type Sysctl = Fact & { readonly name: string; readonly value: string };

export const sysctl = defineKind<Sysctl>()({
  id: 'sysctl',
  is: 'a kernel setting in force',
  key: (fact) => fact.name,
  capture: 'sysctl -a (or /proc/sys/net)',
});
