/**
 * How late a kernel timer fires (kernel/time/timer.c, calc_index): the wheel rounds up to the grain of the level that the delay
 * falls into, 8 times coarser for each 8 times longer delay. Where in a grain it began is not known: between nothing and one grain.
 */
export function grainMs(delayMs: number, hz: number): number {
  const jiffies = (delayMs * hz) / 1000;
  let grain = 1;
  for (let level = 63; jiffies >= level && grain < 8 ** 8; level *= 8) grain *= 8;
  return (grain * 1000) / hz;
}
