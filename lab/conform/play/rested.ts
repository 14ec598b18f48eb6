import { setTimeout as wait } from 'node:timers/promises';
import { now } from '../stage/wire.ts';
import type { Told } from './ask.ts';

/**
 * After so long all is saved up again that an address may be told of missing routes (net/ipv4/route.c ip_error, ip_rt_error_burst), and of
 * other errors (XRLIM_BURST_FACTOR of net/ipv4/inetpeer.c) by the usual limit: how much was left no capture shows.
 */
const RESTED_MS = 6000;

/** Whether an address was told of a missing route, or may have been: of those errors one is sure, whatever it was told before. */
export const toldOfRoutes = (told: readonly Pick<Told, 'judged'>[]): boolean =>
  told.some(({ judged }) =>
    judged.some(
      ({ answer }) =>
        !('error' in answer) &&
        answer.outcomes.some(({ rations = [] }) => rations.some(([of, had]) => of.startsWith('errors ') && had === 1)),
    ),
  );

/** When all is saved up again that these packets used up, in nanoseconds of the monotonic clock; nothing where they used up none. */
export function restedAt(told: readonly Told[]): number | undefined {
  const ends = told.flatMap(({ spoken }) => spoken.sent.flatMap((sent) => (sent === undefined ? [] : [sent.during[1]])));
  return toldOfRoutes(told) ? Math.max(0, ...ends) + RESTED_MS * 1e6 : undefined;
}

/** Waits until then. */
export const rested = async (at: number | undefined): Promise<void> => {
  if (at !== undefined) await wait(Math.max(0, (at - now()) / 1e6));
};
