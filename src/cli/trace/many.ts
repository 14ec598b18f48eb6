import { worldOf } from '#dataplane/world';
import { traceJson } from '#report/trace-json';
import { trace } from '#sim/packet/trace';
import { UsageError, UserError } from '../command.ts';
import { type Opened, openSnapshots } from '../open.ts';
import type { World } from '../world.ts';
import { Conversations } from './conversation.ts';
import { flowOf } from './flow.ts';
import { type FlowLine, flowLine } from './lines.ts';

/** Captures that questions are asked about, with what the packets of earlier lines left behind. */
type Asked = { readonly opened: Opened; readonly conversations: Conversations };

const askedOf = (opened: Opened): Asked => ({ opened, conversations: new Conversations(opened) });

/**
 * Answers JSON lines of a file, or of standard input (`-`) one by one as they come: a flow, one packet of a conversation, or
 * `{"open": […]}`, other captures to ask about from then on.
 */
export async function many(file: string, first: Opened | undefined, world: World): Promise<void> {
  let asked = first === undefined ? undefined : askedOf(first);
  let number = 0;
  const answers = new Answers(world);
  for await (const text of await linesOf(file, world)) {
    number += 1;
    if (text.trim() === '') continue;
    const line = flowLine(text, number);
    if ('open' in line) {
      asked = askedOf(await openSnapshots(line.open, world));
      answers.say({ id: line.id, opened: line.open });
    } else answers.say({ id: line.id, ...answerTo(line, asked) });
  }
  answers.print();
}

/** So many answers are printed at once, at most. */
const TOGETHER = 64;

/** Answers that are printed together as long as the next question is there already: to write each by itself costs as much as many walks. */
class Answers {
  readonly #world: World;
  #lines: string[] = [];
  #waiting = false;

  constructor(world: World) {
    this.#world = world;
  }

  say(answer: object): void {
    this.#lines.push(JSON.stringify(answer));
    if (this.#lines.length >= TOGETHER) this.print();
    else if (!this.#waiting) {
      this.#waiting = true;
      setImmediate(() => {
        this.#waiting = false;
        this.print();
      });
    }
  }

  print(): void {
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length > 0) this.#world.print(lines.join('\n'));
  }
}

async function linesOf(file: string, world: World): Promise<AsyncIterable<string> | Iterable<string>> {
  if (file === '-') return world.lines();
  if (!(await world.files.exists(file))) throw new UsageError(`${file} is not there`);
  return (await world.files.read(file)).toString('utf8').split('\n');
}

function answerTo(line: Exclude<FlowLine, { readonly open: unknown }>, asked: Asked | undefined): object {
  if ('error' in line) return { error: line.error };
  if (asked === undefined) return { error: 'no capture was opened' };
  try {
    if ('packet' in line) return asked.conversations.answer(line.packet);
    const { facts, quote } = asked.opened;
    return traceJson(trace(worldOf(facts), flowOf(line.asked, facts).flow), quote);
  } catch (error) {
    if (error instanceof UsageError || error instanceof UserError) return { error: error.message };
    // one question's fault must not leave the others without an answer
    return { error: `a fault of Leadline itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
  }
}
