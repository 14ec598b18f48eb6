/** Dice that fall alike on several ways of one packet: the n-th throw at a place is thrown once. */
export class Throws {
  readonly #fallen = new Map<string, number[]>();
  readonly #count = new Map<string, number>();

  /** What falls at a place this time; it is thrown on the first way that comes so far. */
  thrown(place: string, thrown: () => number): number {
    const nth = this.#count.get(place) ?? 0;
    this.#count.set(place, nth + 1);
    const fallen = this.#fallen.get(place) ?? [];
    this.#fallen.set(place, fallen);
    return (fallen[nth] ??= thrown());
  }

  /** Begins another way of the same packet. */
  again(): void {
    this.#count.clear();
  }
}
