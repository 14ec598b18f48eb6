import type { Ip } from '#net/ip';
import { defineKind, type Fact } from '../kind.ts';

/** A line of /etc/hosts. */
export type HostsEntry = Fact & { readonly address: Ip; readonly names: readonly string[] };

export const hosts = defineKind<HostsEntry>()({
  id: 'hosts',
  is: 'a line of /etc/hosts',
  key: (fact) => `${fact.address} ${fact.names.join(' ')}`,
  capture: 'cat /etc/hosts',
});
