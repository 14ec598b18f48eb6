import type { Origin } from '#snapshot/origin';

/**
 * A field that a form of output may not tell. `undefined` (absent): this form does not say. `null`: it says that there is
 * none. Anything else: the value. Never a default.
 */
export type Told<T> = T | undefined;

/** What every fact has: where it was read. */
export type Fact = { readonly origin: Origin };

/** A kind of fact: where it lives, what makes two readings the same thing, and how readings of one thing join. */
export type Kind<F extends Fact, Id extends string = string> = {
  readonly id: Id;
  /** One sentence: what it is. */
  readonly is: string;
  /** The same thing read twice has the same key. Within one scope. */
  readonly key: (fact: F) => string;
  /** Fields that change by themselves: not compared between a preview and what was really done. */
  readonly volatile?: readonly (keyof F & string)[];
  /** Names of lists, at any depth, whose order says nothing: elements of a hash, chains in the order in which they were made. */
  readonly unordered?: readonly string[];
  /** Several looks are kept (counters, sockets); otherwise the last look stands. */
  readonly looks?: boolean;
  /** Coverage of one fact when a reading may cover only a part (`table main`, `filter`): the reading's `covers` lists such keys. */
  readonly part?: (fact: F) => string;
  /** All parts that there are, where these are always the same: who lists each of them lists everything. */
  readonly parts?: readonly string[];
  /** What to run to see it, for gaps. */
  readonly capture: string;
};

export const defineKind =
  <F extends Fact>() =>
  <const Id extends string>(kind: Kind<F, Id>): Kind<F, Id> =>
    kind;
