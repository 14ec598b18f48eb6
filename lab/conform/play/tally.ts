import { ENOUGH, isToDecide, MILLION } from '../score/remark.ts';

/** What is wanted beyond what is enough: not every rule that is drawn decides. */
const [OVER, AHEAD] = [1.5, 15_000];

const NEVER = { trials: 0, fruitful: 0 };

/** How many packets each construct has decided so far, of how many. */
export class Tally {
  readonly #decided = new Map<string, number>();
  /** How many of its rules were left out, and how many of them decided anything. */
  readonly #tried = new Map<string, { readonly trials: number; readonly fruitful: number }>();
  #packets = 0;

  /** So many more were played. */
  play(packets: number): void {
    this.#packets += packets;
  }

  /** So many of them were decided by these constructs. */
  add(constructs: readonly string[], packets: number): void {
    for (const id of constructs) this.#decided.set(id, this.of(id) + packets);
  }

  /** A rule of these constructs was left out: whether that changed anything. */
  try(constructs: readonly string[], isFruitful: boolean): void {
    for (const id of constructs) {
      const { trials, fruitful } = this.#tried.get(id) ?? NEVER;
      this.#tried.set(id, { trials: trials + 1, fruitful: fruitful + (isFruitful ? 1 : 0) });
    }
  }

  /** How likely a rule of these constructs decides anything, by those that were left out before. */
  chance(constructs: readonly string[]): number {
    const chances = constructs.map((id) => this.#tried.get(id) ?? NEVER).map(({ trials, fruitful }) => (fruitful + 1) / (trials + 2));
    return chances.reduce((sum, one) => sum + one, 0) / Math.max(1, chances.length);
  }

  of(id: string): number {
    return this.#decided.get(id) ?? 0;
  }

  /** Whether a construct has decided too few yet; what cannot decide, or be known, by its nature is not tried. */
  wants(id: string): boolean {
    return isToDecide(id) && this.of(id) * MILLION < OVER * ENOUGH * (this.#packets + AHEAD);
  }

  /** Whether it is behind even of what is enough. */
  lacks(id: string): boolean {
    return isToDecide(id) && this.of(id) * MILLION < ENOUGH * (this.#packets + AHEAD);
  }
}
