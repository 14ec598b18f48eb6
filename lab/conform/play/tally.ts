import { ENOUGH, isToDecide, MILLION } from '../score/remark.ts';

/** What is wanted beyond what is enough: not every rule that is drawn decides. */
const [OVER, AHEAD] = [1.5, 15_000];

/** How many packets each construct has decided so far, of how many. */
export class Tally {
  readonly #decided = new Map<string, number>();
  #packets = 0;

  /** So many more were played. */
  play(packets: number): void {
    this.#packets += packets;
  }

  /** So many of them were decided by these constructs. */
  add(constructs: readonly string[], packets: number): void {
    for (const id of constructs) this.#decided.set(id, this.of(id) + packets);
  }

  of(id: string): number {
    return this.#decided.get(id) ?? 0;
  }

  /** Whether a construct has decided too few yet; what cannot decide, or be known, by its nature is not tried. */
  wants(id: string): boolean {
    return isToDecide(id) && this.of(id) * MILLION < OVER * ENOUGH * (this.#packets + AHEAD);
  }
}
