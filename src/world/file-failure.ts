/** What the system refused about a file: which one, and why, in one sentence for the user. */
export class FileFailure extends Error {
  constructor(path: string, wanted: 'read' | 'written', cause: unknown) {
    super(`${path} cannot be ${wanted}: ${wordsOf(cause)}`, { cause });
  }
}

/** The words of the system, without the name of the call: `permission denied`. */
const wordsOf = (cause: unknown): string => {
  const text = cause instanceof Error ? cause.message : String(cause);
  return /^[A-Z0-9]+: (.*?), [a-z]+( '.*)?$/s.exec(text)?.[1] ?? text;
};
