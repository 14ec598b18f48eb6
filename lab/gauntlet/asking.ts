import { leadline } from '../product.ts';
import type { Ran } from '../world/command.ts';
import type { Heard, Question } from './channel.ts';
import type { Loss, Lost } from './losses.ts';

/** Names the folder in which this lab leaves what the product outside is to read. */
export const FOLDER_VARIABLE = 'LEADLINE_LAB_FOLDER';

/** A path in it. */
export const shared = (name: string): string => `${process.env[FOLDER_VARIABLE] ?? '/run/lab'}/${name}`;

const waiting = new Map<number, (answer: unknown) => void>();
let asked = 0;

/** A line to whoever started this lab. */
export const say = (heard: Heard): void => void process.stdout.write(`${JSON.stringify(heard)}\n`);

/** Hands an answer to whoever waits for it. */
export function hear(to: number, answer: unknown): void {
  waiting.get(to)?.(answer);
  waiting.delete(to);
}

function ask(question: Question): Promise<unknown> {
  asked += 1;
  const as = asked;
  return new Promise((resolve) => {
    waiting.set(as, resolve);
    say({ question, as });
  });
}

/** One command line of the product outside all nodes: in a process that stays for all labs where one stands beside this one, and reads what is shared. */
export const product = async (args: readonly string[]): Promise<Ran> =>
  process.env[FOLDER_VARIABLE] === undefined ? leadline(args) : ((await ask({ product: args })) as Ran); // made by beside.ts

/** Waits until the kernel's trace has begun; what was lost before that nobody knows. */
export const watched = (): Promise<readonly Lost[]> => traced({ watch: true });

/** What the kernel threw away; throws where the trace cannot tell. */
export const losses = (loss: Loss): Promise<readonly Lost[]> => traced({ loss });

async function traced(question: Question): Promise<readonly Lost[]> {
  const answer = (await ask(question)) as readonly Lost[] | { readonly failed: string }; // made by beside.ts
  if ('failed' in answer) throw new Error(answer.failed);
  return answer;
}
