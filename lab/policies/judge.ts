import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What the judge says: a letter for each query (`1` allowed, `0` denied, `E` it refused, `-` it knows no such peer). */
export type Judged = {
  readonly check?: string;
  readonly list?: string;
  readonly errors?: readonly string[];
  readonly selectors?: readonly string[];
};

/** The judge, started once: a question in, an answer out. */
export type Judge = { readonly ask: (question: object) => Promise<Judged>; readonly end: () => void };

export function startJudge(path: string): Judge {
  const child = spawn(path, [], { stdio: ['pipe', 'pipe', 'ignore'] }); // it warns of each port name that no pod has
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  const one = async (question: object): Promise<Judged> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await answers.next();
    if (done === true) throw new Error('the judge has ended');
    return JSON.parse(value) as Judged;
  };
  return {
    ask: (question) => {
      const own = last.then(() => one(question));
      last = own;
      return own;
    },
    end: () => child.stdin.end(),
  };
}
