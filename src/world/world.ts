/** What a finished process left. */
export type Finished = {
  /** Exit status; nothing when a signal or the time limit ended it. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly timedOut: boolean;
};

export type RunOptions = {
  readonly stdin?: string | Buffer;
  readonly timeoutMs?: number;
  /** Output beyond it ends the process; an error says so. */
  readonly maxBytes?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
};

/** The file system as commands use it. Paths are as the user gave them. */
export type Files = {
  readonly read: (path: string) => Promise<Buffer>;
  /** Atomically: a reader sees the old content or the new, never a part. */
  readonly write: (path: string, content: Buffer | string, mode?: number) => Promise<void>;
  readonly exists: (path: string) => Promise<boolean>;
  readonly isFolder: (path: string) => Promise<boolean>;
  /** Names in a folder, sorted. */
  readonly list: (path: string) => Promise<readonly string[]>;
  readonly makeFolder: (path: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  /** Bytes of a file before it is read; nothing for what is none (a pipe, a device, a folder). */
  readonly size?: (path: string) => Promise<number | undefined>;
  /** The path without links; what is no real file system has none. */
  readonly realPath?: (path: string) => Promise<string>;
  /** Why a file could not be written, as far as the system tells without anything being made; nothing where nothing speaks against it. */
  readonly refusal?: (path: string) => Promise<string | undefined>;
};

/** Every effect that a command may have. Tests hand in their own. */
export type World = {
  /** Runs a program to its end; argv is never given to a shell. */
  readonly run: (argv: readonly string[], options?: RunOptions) => Promise<Finished>;
  readonly files: Files;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Results. */
  readonly print: (text: string) => void;
  /** Progress and warnings. */
  readonly note: (text: string) => void;
  /** The lines of standard input. */
  readonly lines: () => AsyncIterable<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  readonly isRoot: boolean;
  /** Whether results go to a terminal. */
  readonly isTty: boolean;
};
