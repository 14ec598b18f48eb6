import type { Ip } from '#net/ip';
import { defineKind, type Fact } from '../kind.ts';

/** A resolv.conf as written; each client reads its own limits into it. */
export type ResolvConf = Fact & {
  readonly path: string;
  readonly nameservers: readonly { readonly address: Ip; readonly line: number }[];
  /** The last `search` or `domain` line wins. */
  readonly search: readonly string[];
  /** Each option word as written, in order: `ndots:5`. */
  readonly options: readonly string[];
};

export const resolvConf = defineKind<ResolvConf>()({
  id: 'resolv-conf',
  is: 'a resolv.conf',
  key: (fact) => fact.path,
  capture: 'cat /etc/resolv.conf',
});
