import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Processors } from './processors.ts';
import { type Reasons, reasonsIn } from './reasons.ts';

const START_LIMIT_MS = 60_000;
const SETTLE_LIMIT_MS = 60_000;

// Where tracefs is not mounted already it is, where only bpftrace sees it. Its per-processor buffers are made large, for losing events is no truth.
// A script's $1 and $2 are the numbers of the reasons for which a full tap's copy is thrown away, and those that it held when it is closed:
// a storm of packets makes more of them than anybody can read.
const START = `
{ [ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing; } && format=$(cat /sys/kernel/tracing/events/skb/kfree_skb/format) &&
printf '%s\\nFORMAT-ENDS\\n' "$format" && number() { printf '%s' "$format" | sed -n "s/.*{ \\([0-9a-fx]*\\), .$1. }.*/\\1/p"; } &&
full=$(number PACKET_SOCK_ERROR) && closed=$(number QUEUE_PURGE) &&
BPFTRACE_PERF_RB_PAGES=1024 BPFTRACE_STRLEN=200 exec bpftrace "$1" $((\${full:-0})) $((\${closed:-0}))
`;

/** What was asked for happened while the kernel threw events away that nobody had read yet. */
export class EventsLost extends Error {}

/** Hears a line of the script's, and who names the running kernel's reasons. */
type Hear = (line: string, reasonOf: (number: number) => string) => void;

/** A program of bpftrace that says READY when it is attached, and `T nsecs processor` where a processor asks for signal 0; its other lines are events. */
export class TraceProgram {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #event: Hear;
  readonly #processors = new Processors();
  #format = '';
  #reasons: Reasons | undefined;
  readonly #marks = new Map<string, bigint>();
  #said = '';
  /** When it was heard that events were lost (`process.hrtime.bigint()`), and how many. */
  readonly #lost: { readonly heard: bigint; readonly events: number }[] = [];
  #attached = false;

  private constructor(script: string, event: Hear) {
    this.#event = event;
    const argv = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private', 'sh', '-c', START, 'sh', script];
    this.#child = spawn('setpriv', argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => this.#hear(error.message));
    this.#child.stderr.on('data', (chunk: Buffer) => this.#hear(chunk.toString()));
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#line(line));
  }

  /** Starts a script and waits until it is attached; throws with what bpftrace said when it cannot be. */
  static async start(script: string, event: Hear): Promise<TraceProgram> {
    const program = new TraceProgram(script, event);
    const child = program.#child;
    const end = Date.now() + START_LIMIT_MS;
    while (!program.#attached && Date.now() < end && child.exitCode === null && child.pid !== undefined) await pause();
    if (program.#attached) return program;
    await program.stop();
    throw new Error(`bpftrace did not start: ${program.#said.trim() || 'no word from it'}`);
  }

  /** The running kernel's own name of a reason's number. */
  reason(number: number): string {
    return this.#reasons?.get(number) ?? `reason ${number}`;
  }

  /** Waits until everything that happened from `since` (of the monotonic clock) to this call has been read; throws EventsLost when that cannot be. */
  async settle(since = 0n): Promise<void> {
    const now = process.hrtime.bigint();
    const end = Date.now() + SETTLE_LIMIT_MS;
    this.#processors.mark();
    while (this.#marks.size < this.#processors.count || this.#marks.values().some((mark) => mark <= now)) {
      if (Date.now() > end || this.#child.exitCode !== null) throw new Error(`the trace has stopped: ${this.#said.trim()}`);
      await pause();
    }
    const lost = this.#lost.filter(({ heard }) => heard >= since).reduce((sum, { events }) => sum + events, 0);
    if (lost > 0) throw new EventsLost(`bpftrace lost ${lost} events: what it says is not the whole truth`);
  }

  /** Ends the trace. */
  async stop(): Promise<void> {
    this.#processors.stop();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  #line(line: string): void {
    if (this.#reasons === undefined) {
      if (line === 'FORMAT-ENDS') this.#reasons = reasonsIn(this.#format);
      this.#format += line;
    } else if (line.startsWith('T ')) this.#mark(line);
    else if (line === 'READY') this.#attached = true;
    else if (!this.#loses(line)) this.#event(line, (number) => this.reason(number));
  }

  #mark(line: string): void {
    const [, at = '0', processor = ''] = line.split(' ');
    this.#marks.set(processor, BigInt(at));
  }

  #hear(text: string): void {
    this.#said = (this.#said + text).slice(-2000);
    this.#loses(text);
  }

  #loses(text: string): boolean {
    const events = /^Lost (\d+) events/m.exec(text)?.[1];
    if (events !== undefined) this.#lost.push({ heard: process.hrtime.bigint(), events: Number(events) });
    return events !== undefined;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
