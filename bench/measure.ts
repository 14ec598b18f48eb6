/** One figure beside the baseline that was measured in the same run. */
export type Figure = { readonly of: string; readonly value: number; readonly unit: string; readonly baseline?: number };

const REPEATS = 5;

/** The median time of some runs, in milliseconds; the first run warms up and does not count. */
export function medianMs(run: () => unknown, repeats = REPEATS): number {
  run();
  const times = Array.from({ length: repeats }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
  return times.sort((one, other) => one - other)[Math.floor(repeats / 2)] ?? 0;
}

/** Milliseconds of one run, and what it gave: for what is too long to be run again, or cold only once. */
export function once<T>(run: () => T): { readonly ms: number; readonly value: T } {
  const started = performance.now();
  const value = run();
  return { ms: performance.now() - started, value };
}

/** The median time of one of many runs, in microseconds: what is too short to be timed alone is run in batches. */
export const medianUs = (run: () => unknown, batch: number): number =>
  (medianMs(() => {
    for (let time = 0; time < batch; time++) run();
  }) *
    1000) /
  batch;

const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** A line of the table: the figure, its baseline, and how many times the one is the other. */
export function lineOf({ of, value, unit, baseline }: Figure): string {
  const own = `${number(value)} ${unit}`;
  const beside = baseline === undefined ? '' : `${number(baseline)} ${unit}`;
  const ratio = baseline === undefined || baseline === 0 ? '' : `× ${(value / baseline).toPrecision(2)}`;
  return `${of.padEnd(44)} ${own.padStart(14)} ${beside.padStart(14)} ${ratio.padStart(9)}`;
}
