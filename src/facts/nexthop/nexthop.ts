import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A next hop object that routes name by its number (`ip nexthop`; net/ipv4/nexthop.c): one way out, a group of others, or a hole. */
export type Nexthop = Fact & {
  readonly id: number;
  readonly dev: string | null;
  readonly via: Ip | null;
  readonly group: readonly { readonly id: number; readonly weight: number }[] | null;
  readonly blackhole: boolean;
  /** Only for forwarding databases, not for routes. */
  readonly fdb: Told<boolean>;
  readonly onlink: Told<boolean>;
  readonly dead: Told<boolean>;
};

export const nexthop = defineKind<Nexthop>()({
  id: 'nexthop',
  is: 'a next hop object',
  key: (fact) => String(fact.id),
  capture: 'ip -d -j nexthop show',
});
