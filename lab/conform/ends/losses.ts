import { join } from 'node:path';
import { TraceProgram } from '../../tracer/program.ts';
import { isLoss } from '../../tracer/reasons.ts';
import { lookOf } from '../judge/sightings.ts';
import { conversationIn } from '../play/rounds.ts';
import { type LostHeader, lostHeader } from './lost-header.ts';

const SCRIPT = join(import.meta.dirname, '../../tracer/lost-headers.bt');
/** Longer than any job may take, in nanoseconds. */
const KEPT_NS = 200e9;
const TIDIED = 50_000;

/** A packet that the kernel threw away, as it can be known again: when (monotonic nanoseconds), in which namespace, and why. */
export type Loss = {
  readonly at: number;
  readonly inode: number;
  /** The packet's number; 0 where it carries none, as what a kernel's TCP sends. */
  readonly id: number;
  /** What TCP's numbers say of the conversation that it belongs to. */
  readonly conversation: number;
  readonly look: string;
  readonly reason: string;
};

/** What the kernel throws away on the whole machine, from the start on until it is stopped. */
export class Losses {
  readonly #program: TraceProgram;
  readonly #losses: Loss[];

  private constructor(program: TraceProgram, losses: Loss[]) {
    this.#program = program;
    this.#losses = losses;
  }

  static async start(): Promise<Losses> {
    const losses: Loss[] = [];
    const program = await TraceProgram.start(SCRIPT, (line, reasonOf) => {
      const loss = lossIn(line, reasonOf);
      if (loss !== undefined) losses.push(loss);
      if (losses.length % TIDIED === TIDIED - 1) losses.splice(0, tooOld(losses));
    });
    return new Losses(program, losses);
  }

  /** What was lost in these namespaces in a window of time, which ends before this call; throws EventsLost when not all of it is known. */
  async within(inodes: ReadonlySet<number>, since: number, until: number): Promise<readonly Loss[]> {
    await this.#program.settle(BigInt(Math.floor(since)));
    return this.#losses.filter(({ at, inode }) => at >= since && at <= until && inodes.has(inode));
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}

/** How many stand before the first that may still be asked for. */
function tooOld(losses: readonly Loss[]): number {
  const newest = losses.at(-1)?.at ?? 0;
  const first = losses.findIndex(({ at }) => at > newest - KEPT_NS);
  return Math.max(0, first);
}

function lossIn(line: string, reasonOf: (number: number) => string): Loss | undefined {
  const [kind, at, inode, number, where = '', eight = '0', two, ...bytes] = line.trimEnd().split(' ');
  const reason = reasonOf(Number(number));
  if (kind !== 'L' || !isLoss(reason, where)) return undefined;
  const first = Buffer.alloc(10);
  first.writeBigUInt64LE(BigInt(eight));
  first.writeUInt16LE(Number(two), 8);
  const header = lostHeader(Buffer.concat([first, Buffer.from(bytes.join(''), 'hex')]));
  if (header === undefined) return undefined;
  const known = numbered(header);
  return { at: Number(at), inode: Number(inode), id: known.id, conversation: conversationIn(known), look: lookOf(header), reason };
}

/** What carries a number: the packet, or the one that it carries or is about. */
function numbered(header: LostHeader): LostHeader {
  const more = header.inner ?? header.about;
  return header.id !== 0 || more === undefined ? header : numbered(more);
}
