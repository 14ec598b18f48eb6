/** Takes an appointment back. */
export type Cancel = () => void;

type Appointment = { readonly at: number; readonly order: number; readonly act: () => void };

/**
 * Virtual time: appointments in milliseconds, kept in their order. Everything that waits in a simulation (resolvers, TCP
 * timers, leases) waits here, so that a run takes no time and two runs are the same.
 */
export class Agenda {
  #now: number;
  #order = 0;
  readonly #appointments = new Map<number, Appointment>();

  constructor(start = 0) {
    this.#now = start;
  }

  get now(): number {
    return this.#now;
  }

  /** Calls back after some milliseconds of virtual time; at once means after everything that is due now. */
  after(ms: number, act: () => void): Cancel {
    const order = this.#order++;
    this.#appointments.set(order, { at: this.#now + Math.max(0, ms), order, act });
    return () => void this.#appointments.delete(order);
  }

  /** Runs until nothing is left, time is up, or so many appointments were kept. Says whether it came to its end. */
  run(until = Number.POSITIVE_INFINITY, limit = 100_000): boolean {
    for (let kept = 0; kept < limit; kept++) {
      const next = this.#next();
      if (next === undefined) return true;
      if (next.at > until) return true;
      this.#appointments.delete(next.order);
      this.#now = next.at;
      next.act();
    }
    return false;
  }

  #next(): Appointment | undefined {
    let first: Appointment | undefined;
    for (const one of this.#appointments.values()) {
      if (first === undefined || one.at < first.at || (one.at === first.at && one.order < first.order)) first = one;
    }
    return first;
  }
}
