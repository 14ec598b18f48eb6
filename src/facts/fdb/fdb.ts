import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** An entry of a forwarding database: of a VXLAN device (`self`, with `dst`) or of a bridge (`master`). */
export type Fdb = Fact & {
  readonly dev: string;
  readonly mac: Mac;
  /** The remote VTEP's underlay address. */
  readonly dst: Told<Ip | null>;
  readonly vlan: Told<number | null>;
  readonly vni: Told<number | null>;
  readonly port: Told<number | null>;
  readonly via: Told<string | null>;
  /** The bridge whose table it is in. */
  readonly master: Told<string | null>;
  readonly self: Told<boolean>;
  readonly state: Told<'permanent' | 'static' | 'reachable' | 'stale'>;
  /** The address of the port itself: frames to it go up (BR_FDB_LOCAL; shown as permanent on a bridge). */
  readonly local: Told<boolean>;
};

export const fdb = defineKind<Fdb>()({
  id: 'fdb',
  is: 'an entry of a forwarding database',
  key: (fact) => `${fact.dev} ${fact.mac} ${fact.dst ?? ''} ${fact.vlan ?? ''} ${fact.master ?? ''}`,
  volatile: ['state'],
  capture: 'bridge -d -j fdb show',
});
