import type { FactOf, KindId } from '#facts/kinds';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import type { Scope } from '#snapshot/scope';
import type { Clock } from '#snapshot/snapshot';

/** One captured text, and what is known of how it came to be. */
export type Input = {
  /** The name that evidence cites. */
  readonly file: string;
  readonly scope: Scope;
  /** What was run; empty where only the text is known. */
  readonly argv: readonly string[];
  readonly exit: number | null;
  readonly look: number;
  readonly text: string;
  /** The node's clocks at this look, where they were captured. */
  readonly clock: Clock | undefined;
};

/** What a parser could not understand: the line and why. The line stays in the snapshot as it is. */
export type Problem = { readonly line: number; readonly why: string };

/** Facts of one kind out of one text. */
export type Reading<K extends KindId = KindId> = {
  readonly [Id in K]: {
    readonly kind: Id;
    /** Where the facts hold, when it is not the scope of the text (API objects and leases are the cluster's). */
    readonly scope?: Scope;
    readonly facts: readonly FactOf<Id>[];
    /** `true`: the text lists all there is of this kind. Else the parts that it lists fully (a kind's `part` keys). */
    readonly covers: true | readonly string[];
    /** Rendered for people, with less than the thing itself: whatever other form was read leads. */
    readonly rendered?: true;
    /** Said by a text that tells why there are no facts (`connection refused`). */
    readonly gap?: Gap;
  };
}[K];

export type Parsed = { readonly readings: readonly Reading[]; readonly problems: readonly Problem[] };

/** One captured format. `parse` never throws: what it does not understand is a problem with its line. */
export type Format = {
  readonly id: string;
  /** One sentence: whose output it is. */
  readonly is: string;
  /** The kinds of fact that it can tell: what is missing when the command failed. */
  readonly tells?: readonly KindId[];
  /**
   * How surely the text is of this format, by content alone: 0 (is not) to 1 (nothing else looks so). `head` is the first
   * 4 kB, without leading comments and shell prompts. Cheap: it is asked of every unknown file.
   */
  readonly recognise: (head: string) => number;
  readonly parse: (input: Input) => Parsed;
};

export const defineFormat = (format: Format): Format => format;

/** A place in a text. */
export const lineOf = (input: Input, line: number): Origin => ({ file: input.file, line });

/** A place in a JSON document. */
export const pathOf = (input: Input, path: string): Origin => ({ file: input.file, path });

/** A reading of one kind. */
export const reading = <K extends KindId>(
  kind: K,
  facts: readonly FactOf<K>[],
  covers: true | readonly string[] = true,
  scope?: Scope,
): Reading => ({ kind, facts, covers, ...(scope === undefined ? {} : { scope }) }) as unknown as Reading;
