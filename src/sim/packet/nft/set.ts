import type { NftElement, NftExpression } from '#facts/nft/nft';
import { gapOf, type NftContext } from './context.ts';
import { type DataType, typesOf } from './data-type.ts';
import { type Bounds, boundsOf, type ElementIndex, indexOf, keyOf } from './set-index.ts';
import { changedElement } from './noted-element.ts';
import { uniformOf, type Uniform } from './uniform.ts';
import { placed } from './place.ts';
import { isGap, type Read, type Value } from './value.ts';

/** What reads a key out of a packet: a key may hold a map, whose elements are looked up here. */
export type Evaluate = (context: NftContext, expression: NftExpression) => Read;

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

/** Looks a key up (net/netfilter/nft_lookup.c). A key that is chance picks its element by the share that falls to it. */
export function found(context: NftContext, key: NftExpression, data: NftExpression, evaluate: Evaluate): Found {
  const elements = elementsOf(context, data);
  if ('gap' in elements) return elements;
  const types = typesOf(key, context.family);
  const uniform = uniformOf(context, key);
  if (uniform !== null) return drawn(context, uniform, elements, types);
  const values = evaluate(context, key);
  if (values === 'break') return 'break';
  const index = indexOf(elements, types);
  if (isGap(values))
    return typeof key === 'object' && key.is === 'concat'
      ? doubtful(
          key.parts.map((part) => evaluate(context, part)),
          index,
          values,
        )
      : elements.length === 0
        ? 'break'
        : values;
  const changed = changedElement(context, data, key, values);
  if (changed !== undefined) return changed;
  const element = find(index, values);
  if (element === null && index.strange !== null) return gapOf(context, `an element is not understood: ${labelOf(index.strange)}`);
  return decided(context, element ?? index.otherwise);
}

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

const isWithin = (bound: Bounds, value: Value | undefined): boolean => {
  if (value === undefined) return false;
  if (bound.is === 'prefix') return typeof value === 'string' && value.startsWith(bound.text);
  return typeof value === 'bigint'
    ? typeof bound.from === 'bigint' && typeof bound.to === 'bigint' && value >= bound.from && value <= bound.to
    : value === bound.from;
};

/** A key of which one part is not known: no element where none fits the parts that are. */
function doubtful(parts: readonly Read[], index: ElementIndex, gap: Extract<Found, { gap: unknown }>): Found {
  const known = parts.map((read) => (read === 'break' || isGap(read) ? undefined : read[0]));
  const fits = index.all.some(({ bounds }) => bounds.every((bound, at) => known[at] === undefined || isWithin(bound, known[at])));
  return fits || index.otherwise !== null ? gap : 'break';
}

/** The element that chance picks. */
function drawn(context: NftContext, uniform: Uniform, elements: readonly NftElement[], types: readonly DataType[]): Found {
  const shares: { readonly element: NftElement | null; readonly probability: number }[] = [];
  let left = uniform.modulus;
  for (const element of elements) {
    const [bound] = boundsOf(element.key, types) ?? [];
    if (bound?.is !== 'range' || typeof bound.from !== 'bigint' || typeof bound.to !== 'bigint') continue;
    const first = BigInt(uniform.offset);
    const last = first + BigInt(uniform.modulus) - 1n;
    const many = Number((bound.to < last ? bound.to : last) - (bound.from > first ? bound.from : first)) + 1;
    if (many <= 0) continue;
    left -= many;
    shares.push({ element, probability: many / uniform.modulus });
  }
  if (left > 0) shares.push({ element: null, probability: left / uniform.modulus });
  if (shares.length === 1) return decided(context, shares[0]?.element ?? null);
  const options = shares.map(({ element, probability }) => ({ name: element === null ? 'none' : labelOf(element), probability }));
  const picked = context.run.pick({
    at: placed(context),
    of: uniform.of,
    ...(uniform.perFlow ? { scope: 'connection' } : { scope: context.scope, dice: true }),
    options,
  });
  return decided(context, shares[picked]?.element ?? null);
}

function labelOf({ key, data }: NftElement): string {
  const number = typeof key === 'object' ? JSON.stringify(key) : String(key);
  if (data === null) return number;
  if (typeof data !== 'object') return `${number}: ${data}`;
  return data.is === 'verdict' ? `${number}: ${data.chain ?? data.verdict}` : number;
}
