/** What the system refused about a file: which one, and why, in one sentence for the user. */
export class FileFailure extends Error {
  /** In the system's words. */
  readonly why: string;

  constructor(path: string, wanted: 'read' | 'written', cause: unknown) {
    const why = wordsOf(cause);
    super(`${path} cannot be ${wanted}: ${why}`, { cause });
    this.why = why;
  }
}

/** The words of the system, without the name of the call: `permission denied`. */
export const wordsOf = (cause: unknown): string => {
  const text = cause instanceof Error ? cause.message : String(cause);
  return /^[A-Z0-9]+: (.*?), [a-z]+( '.*)?$/s.exec(text)?.[1] ?? text;
};
