import type { Ip } from '#net/ip';
import type { NextHop, Route } from '#facts/route/route';
import type { FactRef } from '../outcome.ts';

/** Where a route leads (struct rtable, struct rt6_info). */
export type Path = {
  readonly does: 'send' | 'local' | 'broadcast' | 'multicast' | 'anycast';
  /** The device to send by, or whose address it is. */
  readonly dev: string;
  /** The gateway; `null`: the destination itself is on the link. */
  readonly via: Ip | null;
  readonly onlink: boolean;
  readonly route: Route;
  readonly hop: NextHop;
  /** The route's own preferred source. */
  readonly source: Ip | null;
  readonly mtu: number | null;
  readonly by: readonly FactRef[];
};
