import type { NftElement, NftExpression } from '#facts/nft/nft';
import { placeText } from '../run.ts';
import { gapOf, type NftContext } from './context.ts';
import { keyOf } from './set-index.ts';
import { drawnPort } from './uniform.ts';
import type { Value } from './value.ts';

/** Stands for a key that nobody knows. */
export const UNKNOWN = '?';

/** How a run's notes name an element of a set: by what a key is for a packet. */
export function nameOf(context: NftContext, set: string, key: NftExpression, values: readonly Value[] | typeof UNKNOWN): string {
  const { stack, table } = context;
  return `${placeText(stack)} ${table.family} ${table.name} ${set} ${values === UNKNOWN ? UNKNOWN : keyOf(ownValues(context, key, values))}`;
}

/** A port that was drawn is no other's, whatever number stands for it. */
function ownValues(context: NftContext, key: NftExpression, values: readonly Value[]): readonly Value[] {
  const parts = typeof key === 'object' && key.is === 'concat' ? key.parts : [key];
  if (parts.length !== values.length) return values;
  return values.map((value, at) => (drawnPort(context, parts[at] ?? key) === null ? value : `drawn ${value}`));
}

/** What packets of this run did to a set: its element of that key, that there is none, or that nobody knows; nothing where they did not touch it. */
export function changedElement(
  context: NftContext,
  data: NftExpression,
  key: NftExpression,
  values: readonly Value[],
): NftElement | 'break' | ReturnType<typeof gapOf> | undefined {
  if (typeof data !== 'object' || data.is !== 'named') return undefined;
  const { notes } = context.run;
  const noted = notes.element(nameOf(context, data.set, key, values));
  if (noted === 'out') return 'break';
  if (noted !== undefined) return { key, data: null };
  const isOpen = notes.element(nameOf(context, data.set, key, UNKNOWN)) !== undefined;
  return isOpen ? gapOf(context, `an earlier packet changed @${data.set} by a key that is not known`) : undefined;
}
