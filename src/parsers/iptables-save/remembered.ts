import type { Words } from './words.ts';

/** A power of two: so many values are remembered, and one that comes to the place of another takes it. */
const PLACES = 4096;
/** So many characters tell texts apart well enough. */
const TOLD_APART = 16;

/** Values that were made of words, found by these without a text being made of them. Takes the same room for a dump of any length. */
export class Remembered<V> {
  readonly #texts: string[] = new Array<string>(PLACES).fill('');
  readonly #values: (V | undefined)[] = new Array<V | undefined>(PLACES).fill(undefined);

  /** The value of some words exactly as they stand. */
  of(words: Words, first: number, end: number, make: () => V): V {
    const place = words.hash(first, end, TOLD_APART) & (PLACES - 1);
    const known = this.#values[place];
    if (known !== undefined && words.areExactly(first, end, this.#texts[place] ?? '')) return known;
    const made = make();
    this.#texts[place] = words.raw(first, end);
    this.#values[place] = made;
    return made;
  }
}
