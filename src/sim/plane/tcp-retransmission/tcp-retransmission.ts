import { Agenda } from '#sim/clock/agenda';
import { grainMs } from './timer-wheel.ts';

/** What a connection's own state and the namespace's settings say of its retransmissions. */
export type Retransmitting = {
  /** The timeout now, already doubled `backoff` times; what the first one was follows from both. */
  readonly rtoMs: number;
  readonly backoff: number;
  /** Until the timer fires. */
  readonly firesInMs: number;
  /** net.ipv4.tcp_retries2. */
  readonly retries2: number;
  readonly rtoMaxMs: number;
  readonly hz: number;
};

/** When the owner of the connection is told (ETIMEDOUT), counted from now, and the retransmissions until then. */
export type Expiry = {
  readonly afterMs: number;
  readonly earliestMs: number;
  readonly latestMs: number;
  readonly retransmissionsMs: readonly number[];
};

const RTO_MIN_MS = 200;
/** CONFIG_HZ of most distributions; coarser than that of others, so its range contains theirs. */
export const USUAL_HZ = 250;
export const RTO_MAX_MS = 120_000;

/** How long a connection may retransmit in vain (net/ipv4/tcp_timer.c tcp_model_timeout): as if its first timeout had been the minimum. */
export function modelTimeoutMs(retries: number, rtoMaxMs = RTO_MAX_MS): number {
  const linear = Math.floor(Math.log2(rtoMaxMs / RTO_MIN_MS));
  if (retries <= linear) return (2 ** (retries + 1) - 1) * RTO_MIN_MS;
  return (2 ** (linear + 1) - 1) * RTO_MIN_MS + (retries - linear) * rtoMaxMs;
}

/**
 * When the kernel gives a connection up that gets no acknowledgement (retransmits_timed_out): asked only when the timer fires, it
 * compares the time since the first retransmission with the model's. So a first timeout of 201 ms may need one doubling more than
 * one of 213 ms, and how late the timers fire decides between both.
 */
export function expiryOf(socket: Retransmitting): Expiry {
  const late = (share: number): { readonly at: number; readonly sent: readonly number[] } => runs(socket, share);
  const expected = late(0.5);
  const [none, full] = [late(0), late(1)];
  return {
    afterMs: Math.round(expected.at),
    earliestMs: Math.round(Math.min(none.at, full.at, expected.at)),
    latestMs: Math.round(Math.max(none.at, full.at, expected.at)),
    retransmissionsMs: expected.sent.map(Math.round),
  };
}

/** One run of the timer, each time late by a share of its grain. */
function runs({ rtoMs, backoff, firesInMs, retries2, rtoMaxMs, hz }: Retransmitting, share: number) {
  const agenda = new Agenda();
  const limit = modelTimeoutMs(retries2, rtoMaxMs);
  const late = (delay: number): number => delay + share * grainMs(delay, hz);
  // what has passed since the first retransmission: the doublings between, and the part of the running one
  const first = rtoMs / 2 ** backoff;
  let passed = Math.max(0, rtoMs - firesInMs);
  for (let turn = 1; turn < backoff; turn++) passed += late(Math.min(first * 2 ** turn, rtoMaxMs));
  const began = backoff === 0 ? null : agenda.now - passed;
  const sent: number[] = [];
  let at = Number.POSITIVE_INFINITY;
  const fire = (rto: number, start: number | null): void => {
    if (start !== null && agenda.now - start >= limit) {
      at = agenda.now;
      return;
    }
    sent.push(agenda.now);
    const next = Math.min(rto * 2, rtoMaxMs);
    agenda.after(late(next), () => fire(next, start ?? agenda.now - late(next)));
  };
  // the running timer is late by what is left of its grain only; ss has counted its delay from the rounded end
  agenda.after(backoff === 0 ? late(firesInMs) : firesInMs, () => fire(rtoMs, began));
  agenda.run();
  return { at, sent };
}
