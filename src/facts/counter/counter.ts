import { defineKind, type Fact } from '../kind.ts';

/**
 * A counter of the kernel's network stack at one look, by its MIB name as `nstat` writes it: `IpForwDatagrams`,
 * `TcpExtTCPTimeouts`; conntrack's per-namespace ones as `conntrack.insert_failed`, limits as `conntrack.count`, `conntrack.max`.
 */
export type Counter = Fact & { readonly name: string; readonly value: number };

export const counter = defineKind<Counter>()({
  id: 'counter',
  is: "a counter of the kernel's network stack",
  key: (fact) => fact.name,
  volatile: ['value'],
  looks: true,
  capture: 'cat /proc/net/snmp /proc/net/netstat',
});
