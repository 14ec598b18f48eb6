import { statSync } from 'node:fs';
import { join } from 'node:path';
import { dropReader, type Packet, type RawDrop } from './drop.ts';
import { Places } from './places.ts';
import { TraceProgram } from './program.ts';
import { isLoss } from './reasons.ts';

const SCRIPT = join(import.meta.dirname, 'drops.bt');

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
  readonly #program: TraceProgram;
  readonly #places = new Places();
  readonly #drops: RawDrop[];

  private constructor(program: TraceProgram, drops: RawDrop[]) {
    this.#program = program;
    this.#drops = drops;
  }

  /** Starts the trace and waits until it is attached; throws with what bpftrace said when it cannot be. */
  static async start(): Promise<Tracer> {
    const drops: RawDrop[] = [];
    const read = dropReader();
    const program = await TraceProgram.start(SCRIPT, (line) => {
      const drop = read(line);
      if (drop !== undefined) drops.push(drop);
    });
    return new Tracer(program, drops);
  }

  /** From now on the namespace at that path (such as /run/netns/node-a or /proc/123/ns/net) has this name. */
  name(place: string, path: string): void {
    this.nameInode(place, statSync(path).ino, process.hrtime.bigint());
  }

  /** The same of a namespace that another process sees, by its inode. */
  nameInode(place: string, inode: number, since: bigint): void {
    this.#places.enter(inode, place, since);
  }

  /** That namespace is about to be removed: what its inode does from now on is not this place's. */
  forget(path: string): void {
    this.#places.leave(statSync(path).ino, process.hrtime.bigint());
  }

  /** Waits until everything that was dropped before this call has been read. */
  settle(): Promise<void> {
    return this.#program.settle();
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
        reason: this.#program.reason(reason),
      }))
      .filter(({ reason, kernelFunction }) => isLoss(reason, kernelFunction))
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  /** Throws away what was dropped before a moment: a long run needs no longer memory. */
  clear(before: bigint): void {
    const first = this.#drops.findIndex(({ at }) => at >= before);
    this.#drops.splice(0, first < 0 ? this.#drops.length : first);
  }

  /** Ends the trace. */
  stop(): Promise<void> {
    return this.#program.stop();
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
