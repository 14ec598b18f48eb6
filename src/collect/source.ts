import type { KindId } from '#facts/kinds';

/** Where a source is read. */
export type Where =
  | 'node' // once on the node, in its root network namespace
  | 'everywhere' // in the root network namespace and in every other one of the node
  | 'namespaces'; // in every network namespace but the root one

/** In which looks a source is read. */
export type When =
  | 'once' // in the first look
  | 'every look'
  | 'later looks'; // in all but the first, where another source tells the same

/** What every source says of itself. */
type About = {
  readonly id: string;
  /** One sentence: what is read and what for. */
  readonly is: string;
  readonly where: Where;
  readonly when: When;
  /** The kinds of fact that are missing when it cannot be read. */
  readonly gives: readonly KindId[];
};

/**
 * A subcommand of `ip` or `bridge` that can share one process with others: read as JSON in a batch where the tool can,
 * alone and as text where it cannot.
 */
export type BatchedSource = About & {
  readonly tool: 'ip' | 'bridge';
  /** Options before the subcommand, without `-j`: `-4 -d`. Sources with the same ones share a process. */
  readonly options: string;
  readonly line: string;
  readonly format: string;
  /** The variable in which the shell keeps what this process wrote as JSON: others look there whether they have anything to ask for. */
  readonly kept?: string;
};

/** Anything else: POSIX shell in the words of `script/words.ts`. */
export type ShellSource = About & { readonly shell: string };

export type Source = BatchedSource | ShellSource;

export const defineSource = (source: Source): Source => source;

export const isBatched = (source: Source): source is BatchedSource => 'tool' in source;
