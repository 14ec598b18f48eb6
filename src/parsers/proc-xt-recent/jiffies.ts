import type { Told } from '#facts/kind';

/** The kernel's own clock at a reading, and how often a second it ticks. */
export type Jiffies = { readonly now: bigint; readonly hz: number };

/** Rates that kernels are built with (kernel/Kconfig.hz); MIPS and Alpha have others, so near to these that minutes after the start several fit. */
const RATES = [100, 250, 300, 1000];

/** Kernels of 64 bits begin to count five minutes before 2^32 (include/linux/jiffies.h INITIAL_JIFFIES). */
const BEGIN = 1n << 32n;
const BEFORE = 300;

/** Boot code counts later than the clock of uptime; a machine that slept is further off than this. */
const SLACK_SECONDS = 3;

/** The rate that makes both clocks tell the same time since boot; nothing where none or several do. */
export function jiffiesOf(now: bigint, uptimeSeconds: number): Told<Jiffies> {
  const fitting = RATES.filter((hz) => {
    const seconds = Number(now - BEGIN) / hz + BEFORE;
    return Math.abs(seconds - uptimeSeconds) <= SLACK_SECONDS;
  });
  const [hz] = fitting;
  return fitting.length === 1 && hz !== undefined ? { now, hz } : undefined;
}

/** How many milliseconds ago a stamp was. */
export const agoMs = ({ now, hz }: Jiffies, stamp: bigint): number => (Number(now - stamp) * 1000) / hz;
