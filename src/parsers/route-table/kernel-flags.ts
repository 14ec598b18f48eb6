import type { FactOf } from '#facts/kinds';
import type { Cidr } from '#net/cidr';
import { type Ip, isUnspecified } from '#net/ip';
import type { Origin } from '#snapshot/origin';

type Route = FactOf<'route'>;

/** What the forms before netlink tell of an IPv4 route of table main (fib_route_seq_show). */
export type OldRoute = {
  readonly to: Cidr;
  readonly gateway: Ip | null;
  /** RTF_GATEWAY. */
  readonly via: boolean;
  /** RTF_REJECT. */
  readonly reject: boolean;
  /** `null`: no device (`*`, `-`). */
  readonly dev: string | null;
  readonly metric: number | undefined;
  readonly origin: Origin;
};

/** Why an old form's route is not the whole truth, where it is not. */
export function oldRouteProblem({ via, gateway, reject, dev, to }: OldRoute): string | undefined {
  if (reject) return `${to} is rejected; whether unreachable or prohibited is not told, taken as unreachable`;
  if (dev === null) return `${to} has no device; whether it is a blackhole or a throw is not told, taken as a blackhole`;
  return via && (gateway === null || isUnspecified(gateway)) ? `the gateway of ${to} is of another family and not told` : undefined;
}

/** The route, or nothing where its gateway is not told. These forms show the first next hop of several. */
export function oldRoute(old: OldRoute): Route | undefined {
  const { to, gateway, via, reject, dev, metric, origin } = old;
  if (via && (gateway === null || isUnspecified(gateway))) return undefined;
  return {
    table: 'main',
    type: reject ? 'unreachable' : dev === null ? 'blackhole' : 'unicast',
    to,
    hops: dev === null || reject ? [] : [{ dev, via: via ? gateway : null, onlink: undefined, weight: 1, dead: undefined }],
    nexthopId: undefined,
    metric,
    source: undefined,
    scope: undefined,
    protocol: undefined,
    mtu: undefined,
    tos: undefined,
    origin,
  };
}
