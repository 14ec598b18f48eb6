import type { NftElement } from '#facts/nft/nft';
import { gapOf, type NftContext } from './context.ts';
import type { Part } from './key.ts';
import { placed } from './place.ts';
import { type Bounds, type ElementIndex, isWithin } from './set-index.ts';
import type { Uniform } from './uniform.ts';

type Share = { readonly element: NftElement | null; readonly probability: number };

/** The element that chance picks for a key of which one part is chance: each by how many of the numbers that may come it has, among those that fit the other parts. */
export function drawnElement(
  context: NftContext,
  parts: readonly Part[],
  { all, otherwise, strange }: ElementIndex,
): NftElement | null | ReturnType<typeof gapOf> {
  const [uniform, another] = parts.flatMap((part) => ('uniform' in part ? [part.uniform] : []));
  const fitting = all.filter(({ bounds }) => bounds.every((bound, at) => fits(parts[at], bound)));
  if (fitting.length === 0 && strange === null) return otherwise;
  if (uniform === undefined || another !== undefined || strange !== null) return gapOf(context, 'more than one part of a key is chance');
  const at = parts.findIndex((part) => 'uniform' in part);
  const shares = sharesOf(fitting.map(({ element, bounds }) => ({ element, probability: shareOf(uniform, bounds[at]) })));
  const rest = 1 - shares.reduce((sum, { probability }) => sum + probability, 0);
  const options = rest > TINY ? [...shares, { element: otherwise, probability: rest }] : shares;
  return options.length === 1 ? (options[0]?.element ?? null) : picked(context, uniform, options);
}

/** Less is a sum of fractions that is not exact: a port is one of 2^16. */
const TINY = 1e-9;

/** Whether a part of a key may be what an element holds there. */
export function fits(part: Part | undefined, bound: Bounds): boolean {
  if (part === undefined) return false;
  if ('gap' in part) return true;
  return 'value' in part ? isWithin(bound, part.value) : shareOf(part.uniform, bound) > 0;
}

/** How many of a number's values are within, of all. */
function shareOf({ offset, modulus }: Uniform, bound: Bounds | undefined): number {
  if (bound?.is !== 'range' || typeof bound.from !== 'bigint' || typeof bound.to !== 'bigint') return 0;
  const first = BigInt(offset);
  const last = first + BigInt(modulus) - 1n;
  const many = Number((bound.to < last ? bound.to : last) - (bound.from > first ? bound.from : first)) + 1;
  return Math.max(0, many) / modulus;
}

/** To be in a set is one thing, whichever element it is. */
function sharesOf(all: readonly Share[]): readonly Share[] {
  const alike = Map.groupBy(all, ({ element }) => (element?.data === null && element.limited !== true ? null : element));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, probability: group.reduce((sum, { probability }) => sum + probability, 0) }];
  });
}

function picked(context: NftContext, { of, perFlow }: Uniform, shares: readonly Share[]): NftElement | null {
  const options = shares.map(({ element, probability }) => ({ name: element === null ? 'none' : labelOf(element), probability }));
  const scope = perFlow ? ({ scope: 'connection' } as const) : ({ scope: context.scope, dice: true } as const);
  return shares[context.run.pick({ at: placed(context), of, ...scope, options })]?.element ?? null;
}

/** How an element is called in choices and sentences. */
export function labelOf({ key, data }: NftElement): string {
  const number = typeof key === 'object' ? JSON.stringify(key) : String(key);
  if (data === null) return number;
  if (typeof data !== 'object') return `${number}: ${data}`;
  return data.is === 'verdict' ? `${number}: ${data.chain ?? data.verdict}` : number;
}
