import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** One direction of a tracked connection; for ICMP the ports are id and type·256+code as conntrack counts them. */
export type ConntrackTuple = {
  readonly source: Ip;
  readonly destination: Ip;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  readonly icmp: { readonly type: number; readonly code: number; readonly id: number } | null;
};

/** An entry of the connection table (`conntrack -L`, /proc/net/nf_conntrack). */
export type Conntrack = Fact & {
  readonly protocol: string;
  readonly protocolNumber: number;
  readonly timeoutSeconds: Told<number | null>;
  /** TCP state; `null` for protocols without one. */
  readonly state: Told<string | null>;
  readonly original: ConntrackTuple;
  readonly reply: ConntrackTuple;
  readonly unreplied: boolean;
  readonly assured: boolean;
  /** Set where a flowtable has taken it: no rule sees its packets, and no time limit is told. */
  readonly offloaded?: true;
  readonly mark: Told<number>;
  readonly zone: Told<number | null>;
  /** Set instead of `zone` where it holds for one direction only. */
  readonly zoneOriginal?: number;
  readonly zoneReply?: number;
};

export const tupleText = (tuple: ConntrackTuple): string =>
  `${tuple.source}:${tuple.sourcePort ?? tuple.icmp?.id ?? ''}>${tuple.destination}:${tuple.destinationPort ?? tuple.icmp?.type ?? ''}`;

export const conntrack = defineKind<Conntrack>()({
  id: 'conntrack',
  is: 'an entry of the connection table',
  key: (fact) => `${fact.protocolNumber} ${tupleText(fact.original)} ${fact.zone ?? fact.zoneOriginal ?? ''}`,
  volatile: ['timeoutSeconds', 'state', 'assured', 'unreplied'],
  looks: true,
  capture: 'conntrack -L',
});
