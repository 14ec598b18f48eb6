/** Prints a story, step by step, and remembers what was not as it must be. */
export type Teller = {
  /** Begins the next step. */
  readonly head: (text: string) => void;
  readonly lines: (lines: readonly string[]) => void;
  /** Text of a program, as it is. */
  readonly text: (text: string) => void;
  /** Something that was demanded: what is wrong with it, or that all is well. */
  readonly mark: (complaints: readonly string[], well: string) => void;
  /** Complaints that were told already. */
  readonly blame: (complaints: readonly string[]) => void;
  readonly wrong: readonly string[];
};

export function teller(print: (text: string) => void): Teller {
  const wrong: string[] = [];
  let step = 0;
  const lines = (all: readonly string[]): void => {
    for (const line of all) print(`   ${line}`.trimEnd());
  };
  return {
    wrong,
    lines,
    head: (text) => {
      step += 1;
      print(`\n${step}. ${text}`);
    },
    text: (text) => lines(text.trimEnd().split('\n')),
    mark: (complaints, well) => {
      wrong.push(...complaints);
      lines(complaints.length === 0 ? [`✔ ${well}`] : complaints.map((one) => `✘ ${one}`));
    },
    blame: (complaints) => void wrong.push(...complaints),
  };
}
