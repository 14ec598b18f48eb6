/** What answers does so soon: later it is asked less often. */
const ROUND = { ms: 4, laterMs: 20, laterAfterMs: 150 };

/**
 * Looks again and again until nothing is left to wait for, or the time is up. The last look comes after that: what has arrived in time is
 * seen, however late a busy machine wakes this process.
 */
export async function lookUntil(isAllSeen: () => boolean, waitMs: number): Promise<void> {
  const began = performance.now();
  for (;;) {
    const passedMs = performance.now() - began;
    if (isAllSeen() || passedMs >= waitMs) return;
    await new Promise((resolve) => setTimeout(resolve, passedMs < ROUND.laterAfterMs ? ROUND.ms : ROUND.laterMs));
  }
}
