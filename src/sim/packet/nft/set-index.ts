import type { NftElement, NftExpression } from '#facts/nft/nft';
import { type DataType, fieldValue } from './data-type.ts';
import type { Value } from './value.ts';

/** What one part of an element holds: a value, all between two, or all names that begin so. */
export type Bounds = { readonly is: 'range'; readonly from: Value; readonly to: Value } | { readonly is: 'prefix'; readonly text: string };

type Bounded = { readonly element: NftElement; readonly bounds: readonly Bounds[] };

/** The elements of a set, found by their key. */
export type ElementIndex = {
  readonly exact: ReadonlyMap<string, NftElement>;
  /** Intervals of one number, in order. */
  readonly sorted: readonly { readonly from: bigint; readonly to: bigint; readonly element: NftElement }[] | null;
  readonly ranged: readonly Bounded[];
  readonly all: readonly Bounded[];
  /** Whether any of them goes by itself. */
  readonly expires: boolean;
  /** `*`: what is none of the others. */
  readonly otherwise: NftElement | null;
  /** An element that is not understood: what is not found may be it. */
  readonly strange: NftElement | null;
};

export const keyOf = (values: readonly Value[]): string => values.join('|');

const built = new WeakMap<readonly NftElement[], Map<string, ElementIndex>>();

/** The index of a set for keys of these types; made once. */
export function indexOf(elements: readonly NftElement[], types: readonly DataType[]): ElementIndex {
  const name = types.map((type) => type.name).join();
  let own = built.get(elements);
  if (own === undefined) {
    own = new Map();
    built.set(elements, own);
  }
  let index = own.get(name);
  if (index === undefined) {
    index = indexed(elements, types);
    own.set(name, index);
  }
  return index;
}

function indexed(elements: readonly NftElement[], types: readonly DataType[]): ElementIndex {
  const exact = new Map<string, NftElement>();
  const ranged: Bounded[] = [];
  const all: Bounded[] = [];
  let otherwise: NftElement | null = null;
  let strange: NftElement | null = null;
  for (const element of elements) {
    if (element.key === '*') {
      otherwise = element;
      continue;
    }
    const bounds = boundsOf(element.key, types);
    if (bounds === undefined) {
      strange = element;
      continue;
    }
    all.push({ element, bounds });
    if (bounds.every((bound) => bound.is === 'range' && bound.from === bound.to)) {
      exact.set(keyOf(bounds.map((bound) => (bound.is === 'range' ? bound.from : ''))), element);
    } else ranged.push({ element, bounds });
  }
  const expires = elements.some(({ expiresSeconds }) => expiresSeconds !== undefined);
  return { exact, sorted: sortedOf(ranged, types.length), ranged, all, expires, otherwise, strange };
}

/** The index without some of its elements. */
export const indexedWithout = (index: ElementIndex, isOut: (element: NftElement) => boolean): ElementIndex => ({
  ...index,
  exact: new Map([...index.exact].filter(([, element]) => !isOut(element))),
  sorted: index.sorted?.filter(({ element }) => !isOut(element)) ?? null,
  ranged: index.ranged.filter(({ element }) => !isOut(element)),
  all: index.all.filter(({ element }) => !isOut(element)),
  otherwise: index.otherwise === null || isOut(index.otherwise) ? null : index.otherwise,
});

function sortedOf(ranged: readonly Bounded[], parts: number): ElementIndex['sorted'] {
  if (parts !== 1 || ranged.length === 0) return null;
  const intervals: { readonly from: bigint; readonly to: bigint; readonly element: NftElement }[] = [];
  for (const { bounds, element } of ranged) {
    const [bound] = bounds;
    if (bound?.is !== 'range' || typeof bound.from !== 'bigint' || typeof bound.to !== 'bigint') return null;
    intervals.push({ from: bound.from, to: bound.to, element });
  }
  return intervals.sort((one, other) => (one.from < other.from ? -1 : 1));
}

/** What an element's key holds, part by part; nothing where a part is not understood. */
export function boundsOf(key: NftExpression, types: readonly DataType[]): readonly Bounds[] | undefined {
  const parts = typeof key === 'object' && key.is === 'concat' ? key.parts : [key];
  const bounds: Bounds[] = [];
  for (const [at, part] of parts.entries()) {
    const type = types[at];
    const bound = type === undefined ? undefined : boundOf(part, type);
    if (bound === undefined) return undefined;
    bounds.push(bound);
  }
  return bounds;
}

/** What a constant holds. */
export function boundOf(part: NftExpression, type: DataType): Bounds | undefined {
  if (typeof part !== 'object') return constant(part, type);
  if (part.is === 'range') {
    const [from, to] = [fieldValue(type, part.from), fieldValue(type, part.to)];
    return from === undefined || to === undefined ? undefined : { is: 'range', from, to };
  }
  if (part.is === 'list') {
    const values = part.values.map((value) => fieldValue(type, value));
    const bits = values.reduce<bigint>((sum, value) => sum | (typeof value === 'bigint' ? value : 0n), 0n);
    return { is: 'range', from: bits, to: bits };
  }
  return part.is === 'prefix' ? prefix(part.of, part.length, type) : undefined;
}

function constant(value: string | number | boolean, type: DataType): Bounds | undefined {
  if (type.name === 'ifname' && typeof value === 'string' && value.endsWith('*')) {
    return value.endsWith('\\*') ? exactly(`${value.slice(0, -2)}*`) : { is: 'prefix', text: value.slice(0, -1) };
  }
  const known = fieldValue(type, value);
  return known === undefined ? undefined : exactly(known);
}

const exactly = (value: Value): Bounds => ({ is: 'range', from: value, to: value });

function prefix(of: string | number, length: number, type: DataType): Bounds | undefined {
  const base = fieldValue(type, of);
  if (typeof base !== 'bigint' || length > type.bits) return undefined;
  const free = BigInt(type.bits - length);
  const from = (base >> free) << free;
  return { is: 'range', from, to: from + (1n << free) - 1n };
}

/** Whether a value is there and is what a part of an element, or a constant, holds. */
export function isWithin(bound: Bounds, value: Value | undefined): boolean {
  if (value === undefined) return false;
  if (bound.is === 'prefix') return typeof value === 'string' && value.startsWith(bound.text);
  return typeof value === 'bigint'
    ? typeof bound.from === 'bigint' && typeof bound.to === 'bigint' && value >= bound.from && value <= bound.to
    : value === bound.from;
}
