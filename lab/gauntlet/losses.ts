import { type Drop, type Question, Tracer } from '../tracer/tracer.ts';

/** Packets that a lab asks for, of any of some kinds, since a moment of the monotonic clock, in the namespaces that it names. */
export type Loss = {
  readonly of: readonly Pick<Question, 'protocol' | 'from' | 'to'>[];
  readonly since: string;
  /** A name for each namespace, and its inode. */
  readonly places: readonly (readonly [string, number])[];
};

/** A packet that was thrown away; whoever asked knows when. */
export type Lost = Omit<Drop, 'at'>;

/** Longer than anybody waits before he asks. */
const KEPT_NS = 60_000_000_000n;

/** The kernel's trace over all labs, started when the first one wants it. */
export class Losses {
  #running: Promise<Tracer> | undefined;

  /** Waits until the kernel is watched; nothing was lost that anybody has asked for yet. */
  async begun(): Promise<readonly Lost[]> {
    await (this.#running ??= Tracer.start());
    return [];
  }

  /** The drops that were asked for, each at its place by the lab's own name. */
  async of(lab: number, { of, since, places }: Loss): Promise<readonly Lost[]> {
    const trace = await (this.#running ??= Tracer.start());
    const own = `${lab} `; // two labs have machines of the same name
    for (const [name, inode] of places) trace.nameInode(own + name, inode, BigInt(since));
    const found = await Promise.all(of.map((packet) => trace.drops({ ...packet, since: BigInt(since) })));
    trace.clear(process.hrtime.bigint() - KEPT_NS);
    return found
      .flat()
      .flatMap(({ at: _, place, ...drop }) => (place?.startsWith(own) === true ? [{ ...drop, place: place.slice(own.length) }] : []));
  }

  /** Ends the trace. */
  async end(): Promise<void> {
    await (await this.#running)?.stop();
  }
}
