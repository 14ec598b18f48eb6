import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A path MTU that a namespace was told, kept beside its routes until it expires (`ip route show cached`; struct fib_nh_exception). */
export type PathMtu = Fact & {
  readonly to: Ip;
  readonly dev: Told<string | null>;
  readonly via: Told<Ip | null>;
  readonly mtu: number;
  readonly locked: Told<boolean>;
  readonly expiresSeconds: Told<number | null>;
};

export const pathMtu = defineKind<PathMtu>()({
  id: 'path-mtu',
  is: 'a path MTU that was learnt',
  key: (fact) => `${fact.to} ${fact.dev ?? ''} ${fact.via ?? ''}`,
  volatile: ['expiresSeconds'],
  capture: 'ip -d -j route show cached',
});
