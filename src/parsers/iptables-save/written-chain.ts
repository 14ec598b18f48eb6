import type { Origin } from '#snapshot/origin';
import type { Chain, Counters, Rule } from './rule.ts';

/** Lines that stand one after the other: where the first begins, its number, and how many they are; or one that was not understood. */
export type Run = { readonly begin: number; readonly line: number; count: number; readonly lost?: Rule };

/** Makes the rules of some runs of lines. */
export type ReadRuns = (runs: readonly Run[]) => Rule[];

/** One getter for all chains: a getter of each would take more room than the chain. */
const MADE_WHEN_ASKED = {
  enumerable: true,
  configurable: true,
  get(this: WrittenChain): readonly Rule[] {
    return this.made();
  },
} as const;

const NO_RULES: readonly Rule[] = [];

/** A chain whose rules are made when they are first asked for: most of a large dump never is. */
export class WrittenChain implements Chain {
  readonly name: string;
  readonly origin: Origin;
  readonly policy: Chain['policy'];
  readonly counters: Counters | undefined;
  declare readonly rules: readonly Rule[];
  readonly #read: ReadRuns;
  #runs: Run[] | undefined;
  #last: Run | undefined;
  #made: Rule[] | undefined;

  constructor(chain: Omit<Chain, 'rules'>, read: ReadRuns) {
    this.name = chain.name;
    this.origin = chain.origin;
    this.policy = chain.policy;
    this.counters = chain.counters;
    this.#read = read;
    Object.defineProperty(this, 'rules', MADE_WHEN_ASKED);
  }

  /** Takes in a line of the dump that holds a rule of this chain. */
  add(begin: number, line: number): void {
    const last = this.#last;
    if (last !== undefined && last.line + last.count === line) last.count++;
    else {
      const run = { begin, line, count: 1 };
      this.#last = run;
      if (this.#runs === undefined) this.#runs = [run];
      else this.#runs.push(run);
    }
  }

  /** What was not understood keeps its place among the rules. */
  lose(rule: Rule): void {
    if (this.#made !== undefined) {
      this.#made.push(rule);
      return;
    }
    this.#last = undefined;
    this.#runs = [...(this.#runs ?? []), { begin: 0, line: 0, count: 1, lost: rule }];
  }

  /** Takes in a rule that is made already. */
  put(rule: Rule): void {
    this.#made ??= [...this.#read(this.#runs ?? [])];
    this.#made.push(rule);
  }

  made(): readonly Rule[] {
    if (this.#made !== undefined || this.#runs === undefined) return this.#made ?? NO_RULES;
    this.#made = this.#read(this.#runs);
    return this.#made;
  }
}
