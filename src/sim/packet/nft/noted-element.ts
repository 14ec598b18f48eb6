import type { NftElement, NftExpression } from '#facts/nft/nft';
import { placeText } from '../run.ts';
import { gapOf, type NftContext } from './context.ts';
import { keyOf } from './set-index.ts';
import type { Value } from './value.ts';

/** Stands for a key that nobody knows. */
export const UNKNOWN = '?';

/** How a run's notes name an element of a set. */
export const nameOf = ({ stack, table }: NftContext, set: string, key: string): string =>
  `${placeText(stack)} ${table.family} ${table.name} ${set} ${key}`;

/** What packets of this run did to a set: its element of that key, that there is none, or that nobody knows; nothing where they did not touch it. */
export function changedElement(
  context: NftContext,
  data: NftExpression,
  key: NftExpression,
  values: readonly Value[],
): NftElement | 'break' | ReturnType<typeof gapOf> | undefined {
  if (typeof data !== 'object' || data.is !== 'named') return undefined;
  const { notes } = context.run;
  const noted = notes.element(nameOf(context, data.set, keyOf(values)));
  if (noted === 'in') return { key, data: null };
  if (noted === 'out') return 'break';
  const isOpen = notes.element(nameOf(context, data.set, UNKNOWN)) !== undefined;
  return isOpen ? gapOf(context, `an earlier packet changed @${data.set} by a key that is not known`) : undefined;
}
