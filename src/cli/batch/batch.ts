import { defineCommand, EXIT, type Leadline } from '../command.ts';
import { OpenedBefore } from '../opened-before.ts';
import type { World } from '../world.ts';

export default defineCommand({
  name: 'batch',
  summary: 'stays, and runs a command line for each line of standard input: a JSON array in, {code, stdout, stderr} out',
  configure: () => {},
  act: async (_, world, leadline) => {
    const lasting: World = { ...world, before: new OpenedBefore() };
    for await (const line of world.lines()) {
      const argv = argumentsIn(line);
      const said = argv === undefined ? NOT_UNDERSTOOD : await answered(argv, lasting, leadline);
      world.print(JSON.stringify(said));
    }
    return EXIT.fine;
  },
});

/** How one of the command lines ended. */
type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };

const NOT_UNDERSTOOD: Answer = { code: EXIT.usage, stdout: '', stderr: 'leadline: batch takes a JSON array of texts on each line\n' };

function argumentsIn(line: string): readonly string[] | undefined {
  try {
    const argv: unknown = JSON.parse(line);
    return Array.isArray(argv) && argv.every((one): one is string => typeof one === 'string') ? argv : undefined;
  } catch {
    return undefined;
  }
}

/** Runs one command line in this process; what it would have written is its answer, and it has no input of its own. */
async function answered(argv: readonly string[], world: World, leadline: Leadline): Promise<Answer> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const into = (list: string[]) => (text: string) => void list.push(text.endsWith('\n') ? text : `${text}\n`);
  const code = await leadline(argv, { ...world, print: into(stdout), note: into(stderr), lines: noLines, isTty: false });
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

async function* noLines(): AsyncGenerator<string> {}
