import type { Gap } from './gap.ts';
import type { Origin } from './origin.ts';

/** A value that was read. `complete` says that the reading lists everything, so that an absence in it is evidence. */
export type Read<T> = {
  readonly is: 'seen';
  readonly value: T;
  /** The readings as wholes: what an argument from absence cites. */
  readonly origins: readonly Origin[];
  readonly complete: boolean;
};

/** A value with its origins, or the gap that stands in its place. */
export type Seen<T> = Read<T> | { readonly is: 'gap'; readonly gap: Gap };

export const seen = <T>(value: T, origins: readonly Origin[], complete = true): Read<T> => ({ is: 'seen', value, origins, complete });

export const missing = (gap: Gap): { readonly is: 'gap'; readonly gap: Gap } => ({ is: 'gap', gap });

/** The same reading of a derived value; a gap stays the gap that it is. */
export function map<T, U>(it: Seen<T>, to: (value: T) => U): Seen<U> {
  return it.is === 'gap' ? it : { ...it, value: to(it.value) };
}

/** The value, or another one where there is a gap. Only for what is shown, never for a verdict. */
export const valueOr = <T>(it: Seen<T>, other: T): T => (it.is === 'gap' ? other : it.value);
