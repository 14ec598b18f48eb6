import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** NUD_* of include/uapi/linux/neighbour.h in lower case. */
export type NeighbourState = 'permanent' | 'reachable' | 'stale' | 'delay' | 'probe' | 'incomplete' | 'failed' | 'noarp' | 'none';

/** An entry of the ARP or ND cache (`ip neigh`). */
export type Neighbour = Fact & {
  readonly dev: string;
  readonly address: Ip;
  readonly mac: Told<Mac | null>;
  readonly state: Told<NeighbourState>;
  readonly proxy: Told<boolean>;
};

export const neighbour = defineKind<Neighbour>()({
  id: 'neighbour',
  is: 'an entry of the neighbour (ARP, ND) table',
  key: (fact) => `${fact.dev} ${fact.address}${fact.proxy === true ? ' proxy' : ''}`,
  volatile: ['state'],
  capture: 'ip -j neigh show',
});
