import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/**
 * What a namespace was told of the path to an address, kept beside its routes until it expires (`ip route show cached`; struct
 * fib_nh_exception): an MTU, a gateway that an ICMP redirect named, or both.
 */
export type PathMtu = Fact & {
  readonly to: Ip;
  readonly dev: Told<string | null>;
  readonly via: Told<Ip | null>;
  /** `null`: none was told. */
  readonly mtu: number | null;
  /** Whether a redirect named `via`, which is not the route's own gateway then. */
  readonly redirected: boolean;
  readonly locked: Told<boolean>;
  readonly expiresSeconds: Told<number | null>;
};

export const pathMtu = defineKind<PathMtu>()({
  id: 'path-mtu',
  is: 'what was learnt of a path: its MTU, another gateway',
  key: (fact) => `${fact.to} ${fact.dev ?? ''} ${fact.via ?? ''}`,
  volatile: ['expiresSeconds'],
  capture: 'ip -d -j route show cached',
});
