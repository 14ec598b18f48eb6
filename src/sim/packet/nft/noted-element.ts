import type { NftElement, NftExpression } from '#facts/nft/nft';
import { placeText } from '../run.ts';
import type { ElementNote } from '../notes.ts';
import { gapOf, type NftContext } from './context.ts';
import { namesOf, type Part } from './key.ts';
import { keyOf } from './set-index.ts';
import type { Value } from './value.ts';

/** Stands for a key that nobody knows. */
const UNKNOWN = '?';

/** How a run's notes name an element of a set: by what a key is for a packet. */
export const nameOf = (context: NftContext, set: string, parts: readonly Part[]): string => named(context, set, namesOf(parts));

function named({ stack, table }: NftContext, set: string, names: readonly Value[] | undefined): string {
  return `${placeText(stack)} ${table.family} ${table.name} ${set} ${names === undefined ? UNKNOWN : keyOf(names)}`;
}

/** Whether an element that a packet put in is gone when another comes. */
export const isOver = (noted: Exclude<ElementNote, 'out'>, at: number): boolean => noted !== 'in' && noted.until <= at;

/** An element as packets put it in: what a map then holds for it is not walked. */
function taken(context: NftContext, name: string, key: NftExpression): NftElement | ReturnType<typeof gapOf> {
  const isMap = context.table.sets.find((set) => set.name === name)?.isMap === true;
  return isMap ? gapOf(context, `an earlier packet wrote to the map @${name}, what is not modelled`) : { key, data: null };
}

/** What packets of this run did to a set: its element of that key, that there is none, or that nobody knows; nothing where they did not touch it. */
export function changedElement(
  context: NftContext,
  data: NftExpression,
  key: NftExpression,
  parts: readonly Part[],
): NftElement | 'break' | ReturnType<typeof gapOf> | undefined {
  if (typeof data !== 'object' || data.is !== 'named') return undefined;
  const { notes } = context.run;
  const names = namesOf(parts);
  const noted = names === undefined ? undefined : notes.element(named(context, data.set, names));
  if (noted !== undefined) return noted === 'out' || isOver(noted, context.run.at) ? 'break' : taken(context, data.set, key);
  const isOpen = notes.element(named(context, data.set, undefined)) !== undefined;
  return isOpen ? gapOf(context, `an earlier packet changed @${data.set} by a key that is not known`) : undefined;
}
