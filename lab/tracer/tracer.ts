import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { dropReader, type Packet, type RawDrop } from './drop.ts';
import { Places } from './places.ts';
import { isLoss, type Reasons, reasonsIn } from './reasons.ts';

const SCRIPT = join(import.meta.dirname, 'drops.bt');
const START_LIMIT_MS = 60_000;
const SETTLE_LIMIT_MS = 5000;

// Where tracefs is not mounted already it is, where only bpftrace sees it. Its per-processor buffers are made large, for losing events is no truth.
const START = `
{ [ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing; } && cat /sys/kernel/tracing/events/skb/kfree_skb/format && echo FORMAT-ENDS &&
BPFTRACE_PERF_RB_PAGES=1024 exec bpftrace "$1"
`;

/** Where and why the kernel threw a packet away. */
export interface Drop extends Omit<RawDrop, 'reason' | 'inode'> {
  /** The place as it was named; undefined for a namespace that nobody named. */
  readonly place: string | undefined;
  /** The kernel's own name, such as NETFILTER_DROP. */
  readonly reason: string;
}

/** What a packet must look like to be asked for; what is left out may be anything. */
export interface Question {
  readonly protocol?: Packet['protocol'];
  readonly from?: string;
  readonly to?: string;
  readonly ports?: { readonly from?: number; readonly to?: number };
  /** The echo id, for ICMP. */
  readonly echo?: number;
  /** A window of time, by `process.hrtime.bigint()`. */
  readonly since?: bigint;
  readonly until?: bigint;
}

/** The kernel's own account of dropped packets, in all namespaces of the machine, from its start until `stop`. */
export class Tracer {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #places = new Places();
  readonly #drops: RawDrop[] = [];
  readonly #read = dropReader();
  #format = '';
  #reasons: Reasons | undefined;
  #ticks: bigint[] = [];
  #said = '';
  #lost = 0;
  #attached = false;

  private constructor() {
    const argv = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private', 'sh', '-c', START, 'sh', SCRIPT];
    this.#child = spawn('setpriv', argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => this.#hear(error.message));
    this.#child.stderr.on('data', (chunk: Buffer) => this.#hear(chunk.toString()));
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#line(line));
  }

  /** Starts the trace and waits until it is attached; throws with what bpftrace said when it cannot be. */
  static async start(): Promise<Tracer> {
    const tracer = new Tracer();
    const end = Date.now() + START_LIMIT_MS;
    while (!tracer.#attached && Date.now() < end && tracer.#child.exitCode === null && tracer.#child.pid !== undefined) await pause();
    if (tracer.#attached) return tracer;
    await tracer.stop();
    throw new Error(`bpftrace did not start: ${tracer.#said.trim() || 'no word from it'}`);
  }

  /** From now on the namespace at that path (such as /run/netns/node-a or /proc/123/ns/net) has this name. */
  name(place: string, path: string): void {
    this.#places.enter(statSync(path).ino, place, process.hrtime.bigint());
  }

  /** That namespace is about to be removed: what its inode does from now on is not this place's. */
  forget(path: string): void {
    this.#places.leave(statSync(path).ino, process.hrtime.bigint());
  }

  /** Waits until everything that was dropped before this call has been read. */
  async settle(): Promise<void> {
    const now = process.hrtime.bigint();
    const end = Date.now() + SETTLE_LIMIT_MS;
    // Two marks: the first may have overtaken what another processor had printed.
    while (this.#ticks.length < 2 || this.#ticks.some((tick) => tick <= now)) {
      if (Date.now() > end || this.#child.exitCode !== null) throw new Error(`the trace has stopped: ${this.#said.trim()}`);
      await pause();
    }
    if (this.#lost > 0) throw new Error(`bpftrace lost ${this.#lost} events: what it says is not the whole truth`);
  }

  /** Where the packets in question died, in the order of time; a VXLAN packet is also found by what it carried. */
  async drops(question: Question = {}): Promise<readonly Drop[]> {
    await this.settle();
    const found = this.#drops.filter(
      (drop) => fits(drop.packet, drop.at, question) || (drop.inner !== undefined && fits(drop.inner, drop.at, question)),
    );
    return found
      .map(({ inode, reason, ...drop }) => ({
        ...drop,
        place: this.#places.nameAt(inode, drop.at),
        reason: this.#reasons?.get(reason) ?? `reason ${reason}`,
      }))
      .filter(({ reason, kernelFunction }) => isLoss(reason, kernelFunction))
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  /** Throws away what was read so far: a long run needs no longer memory. */
  clear(): void {
    this.#drops.length = 0;
  }

  /** Ends the trace. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  #line(line: string): void {
    if (this.#reasons === undefined) {
      if (line === 'FORMAT-ENDS') this.#reasons = reasonsIn(this.#format);
      this.#format += line;
    } else if (line.startsWith('T ')) this.#ticks = [...this.#ticks.slice(-1), BigInt(line.slice(2))];
    else if (line === 'READY') this.#attached = true;
    else if (/^Lost \d+ events/.test(line)) this.#lost += Number(line.split(' ')[1]);
    else {
      const drop = this.#read(line);
      if (drop !== undefined) this.#drops.push(drop);
    }
  }

  #hear(text: string): void {
    this.#said = (this.#said + text).slice(-2000);
    const lost = /^Lost (\d+) events/m.exec(text);
    if (lost !== null) this.#lost += Number(lost[1]);
  }
}

function fits(packet: Packet, at: bigint, { protocol, from, to, ports, echo, since, until }: Question): boolean {
  const wanted: readonly [unknown, unknown][] = [
    [protocol, packet.protocol],
    [from, packet.from],
    [to, packet.to],
    [ports?.from, packet.ports?.from],
    [ports?.to, packet.ports?.to],
    [echo, packet.icmp?.id],
  ];
  if (since !== undefined && at < since) return false;
  if (until !== undefined && at > until) return false;
  return wanted.every(([asked, is]) => asked === undefined || asked === is);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
