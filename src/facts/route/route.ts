import { type Cidr, cidrFamily } from '#net/cidr';
import type { Family, Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** RTN_* of include/uapi/linux/rtnetlink.h, as `ip route` writes them. */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'multicast'
  | 'anycast'
  | 'unreachable'
  | 'blackhole'
  | 'prohibit'
  | 'throw'
  | 'nat';

/** One way out of a route. */
export type NextHop = {
  readonly dev: string | null;
  /** The gateway; `null`: on the link itself. */
  readonly via: Ip | null;
  readonly onlink: Told<boolean>;
  /** As `ip route` shows it, 1 when alone. */
  readonly weight: number;
  /** RTNH_F_DEAD or RTNH_F_LINKDOWN as shown by the tool. */
  readonly dead: Told<boolean>;
  /** Shown without carrier only: used all the same, unless such routes are ignored. */
  readonly linkdown?: Told<boolean>;
};

/** A route in one of a namespace's tables. */
export type Route = Fact & {
  /** `main`, `local`, `default`, or the number as text. */
  readonly table: string;
  readonly type: RouteType;
  readonly to: Cidr;
  readonly hops: readonly NextHop[];
  /** Nexthop object id, where the route names one. */
  readonly nexthopId: Told<number | null>;
  readonly metric: Told<number>;
  readonly source: Told<Ip | null>;
  readonly scope: Told<string>;
  readonly protocol: Told<string>;
  readonly mtu: Told<number | null>;
  readonly tos: Told<number>;
  /** The MTU is not lowered by what the path says. */
  readonly mtuLocked?: Told<boolean>;
  /** The preference of a router among IPv6 routes of one metric (RFC 4191). */
  readonly preference?: Told<'low' | 'medium' | 'high'>;
  /** The sources that an IPv6 route is for. */
  readonly from?: Told<Cidr | null>;
  /** The words of an encapsulation that the route makes. */
  readonly encapsulation?: Told<string | null>;
};

/** The part that one family's table is: a list of IPv4 routes says nothing of the same table's IPv6 routes. */
export const routePart = (table: string, family: Family): string => (family === 6 ? `6 ${table}` : table);

export const route = defineKind<Route>()({
  id: 'route',
  is: 'a route',
  key: (fact) =>
    `${fact.table} ${fact.type} ${fact.to} ${fact.metric ?? 0} ${fact.tos ?? 0} ${fact.hops.map((hop) => `${hop.dev ?? ''}/${hop.via ?? ''}`).join()}`,
  part: (fact) => routePart(fact.table, cidrFamily(fact.to)),
  capture: 'ip -d -j route show table all',
});
