import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import type { FactRef } from '../outcome.ts';
import type { Rewrite } from './effect.ts';

/** How a table ends for a packet. */
export type Ruling =
  | { readonly is: 'accept' | 'drop' }
  | { readonly is: 'reject'; readonly with: string }
  | { readonly is: 'unheard'; readonly says: string }
  | { readonly is: 'rewrite'; readonly rewrite: Rewrite }
  /** A chain leads back into itself: those from the first time to the second. */
  | { readonly is: 'looped'; readonly chains: readonly string[] }
  | { readonly is: 'unknown'; readonly gap: Gap };

/** What a table decided, by which rule or policy, and every rule that counted the packet. */
export type Verdict = Ruling & {
  readonly counted: readonly Origin[];
  /** Rules that may have counted it: whether is not known, and does not matter to the packet. */
  readonly mayCount: readonly Origin[];
  readonly by: readonly FactRef[];
  /** The way through the chains: `KUBE-SERVICES → KUBE-SVC-X`. */
  readonly way: string;
};
