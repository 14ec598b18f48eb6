import type { FactOf } from '#facts/kinds';
import type { Scope } from '#snapshot/scope';

type Link = FactOf<'link'>;

/** The devices that let a packet in which the tunnel does not take. */
export type TooBig = {
  readonly bridge: Link;
  readonly bridgeIsAbove: boolean;
  readonly tunnel: Link;
  readonly wanted: number;
  /** Pods' devices, each in its namespace. */
  readonly devices: readonly { readonly scope: Scope; readonly name: string; readonly link: Link }[];
};
