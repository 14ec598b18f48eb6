import type { NftElement, NftExpression } from '#facts/nft/nft';
import { memoised } from '#dataplane/memo';
import { gapOf, type NftContext } from './context.ts';
import { typesOf } from './data-type.ts';
import { drawnElement, fits, labelOf } from './drawn-element.ts';
import { type Evaluate, type Part, readKey } from './key.ts';
import { changedElement } from './noted-element.ts';
import { type ElementIndex, indexedWithout, indexOf, isWithin, keyOf } from './set-index.ts';
import type { Value } from './value.ts';

/** The element that a key has in a set or map, `break` where there is none, or why that is not known. */
export type Found = NftElement | 'break' | Extract<ReturnType<typeof gapOf>, { gap: unknown }>;

/** The elements of a set: its own, or those of the table's set of that name. */
export function elementsOf(context: NftContext, data: NftExpression): readonly NftElement[] | ReturnType<typeof gapOf> {
  if (typeof data === 'object' && data.is === 'set') return data.elements;
  if (typeof data !== 'object' || data.is !== 'named') return gapOf(context, 'not a set');
  const set = context.table.sets.find(({ name }) => name === data.set);
  if (set === undefined) return gapOf(context, `the set ${data.set} was not read`, 'not collected');
  return set.problem === null ? set.elements : gapOf(context, `${data.set}: ${set.problem}`, 'not collected');
}

/** Looks a key up (net/netfilter/nft_lookup.c). A key of which a part is chance picks its element by the share that falls to it. */
export function found(context: NftContext, key: NftExpression, data: NftExpression, evaluate: Evaluate): Found {
  const elements = elementsOf(context, data);
  if ('gap' in elements) return elements;
  const parts = readKey(context, key, evaluate);
  if (parts === 'break') return 'break';
  const index = living(context, indexOf(elements, typesOf(key, context.family)));
  const unknown = parts.find((part) => 'gap' in part);
  if (unknown !== undefined) return doubtful(parts, index, unknown);
  const changed = changedElement(context, data, key, parts);
  if (changed !== undefined) return changed;
  const values = parts.flatMap((part) => ('value' in part ? [part.value] : []));
  if (values.length < parts.length) {
    const picked = drawnElement(context, parts, index);
    return picked !== null && 'gap' in picked ? picked : decided(context, picked);
  }
  const element = find(index, values);
  if (element === null && index.strange !== null) return gapOf(context, `an element is not understood: ${labelOf(index.strange)}`);
  return decided(context, element ?? index.otherwise);
}

/** The index without what has expired when the packet comes (nft_set_elem_expired); kept until one comes at another time. */
function living({ run: { at } }: NftContext, index: ElementIndex): ElementIndex {
  if (at <= 0 || !index.expires) return index;
  const last = lastLiving(index);
  if (last.at !== at) {
    last.at = at;
    last.index = indexedWithout(index, ({ expiresSeconds = Infinity }) => expiresSeconds * 1000 <= at);
  }
  return last.index;
}

const lastLiving = memoised((index: ElementIndex) => ({ at: 0, index }));

function decided(context: NftContext, element: NftElement | null): Found {
  if (element === null) return 'break';
  return element.limited === true ? gapOf(context, 'an element has a limit of its own') : element;
}

/** The element of these values: by its key, else among the intervals. */
function find(index: ElementIndex, values: readonly Value[]): NftElement | null {
  const exact = index.exact.get(keyOf(values));
  if (exact !== undefined) return exact;
  const [only] = values;
  if (index.sorted !== null && typeof only === 'bigint') return inSorted(index.sorted, only);
  return index.ranged.find(({ bounds }) => bounds.every((bound, at) => isWithin(bound, values[at])))?.element ?? null;
}

function inSorted(sorted: NonNullable<ElementIndex['sorted']>, value: bigint): NftElement | null {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.from ?? 0n) <= value) low = middle + 1;
    else high = middle;
  }
  const candidate = sorted[low - 1];
  return candidate !== undefined && value <= candidate.to ? candidate.element : null;
}

/** A key of which a part is not known: no element where none fits the parts that are. */
function doubtful(parts: readonly Part[], { all, otherwise, strange }: ElementIndex, gap: Extract<Found, { gap: unknown }>): Found {
  const isOpen = all.some(({ bounds }) => bounds.every((bound, at) => fits(parts[at], bound)));
  return isOpen || otherwise !== null || strange !== null ? gap : 'break';
}
