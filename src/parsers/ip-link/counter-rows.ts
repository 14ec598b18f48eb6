import type { FactOf } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import { wholeNumber, wordsOf } from '../lines.ts';

type LinkCounters = FactOf<'link-counters'>;

/** A heading of `ip -s` (`RX:  bytes packets …`) and the row of numbers under it. */
export type CounterRow = { readonly heading: string; readonly numbers: string };

type Counted = Exclude<keyof LinkCounters, 'name' | 'origin'>;

/** Which counter a column of a heading is: `RX bytes`, `RX errors nohandler`. */
const NAMES: ReadonlyMap<string, Counted> = new Map([
  ['RX bytes', 'rxBytes'],
  ['RX packets', 'rxPackets'],
  ['RX errors', 'rxErrors'],
  ['RX dropped', 'rxDropped'],
  ['TX bytes', 'txBytes'],
  ['TX packets', 'txPackets'],
  ['TX errors', 'txErrors'],
  ['TX dropped', 'txDropped'],
  ['TX carrier', 'txCarrier'],
  ['RX errors nohandler', 'rxNoHandler'],
  ['RX errors otherhost', 'rxOtherHost'],
]);

/** Whether the line heads a row of counters. */
export const isCounterHeading = (line: string): boolean => /^\s+[RT]X(?: errors)?:/.test(line);

/** The counters of one device out of its rows. */
export function countersOf(name: string, rows: readonly CounterRow[], origin: Origin): LinkCounters {
  const told: Partial<Record<Counted, number | undefined>> = {};
  for (const { heading, numbers } of rows) {
    const colon = heading.indexOf(':');
    const side = heading.slice(0, colon).trim();
    const values = wordsOf(numbers);
    for (const [at, column] of wordsOf(heading.slice(colon + 1)).entries()) {
      const field = NAMES.get(`${side} ${column}`);
      if (field !== undefined) told[field] = wholeNumber(values[at]);
    }
  }
  return { ...NOTHING, ...told, name, origin };
}

/** Counters of which nothing is told. */
export const NOTHING: Omit<LinkCounters, 'name' | 'origin'> = {
  rxPackets: undefined,
  rxBytes: undefined,
  rxErrors: undefined,
  rxDropped: undefined,
  rxOtherHost: undefined,
  rxNoHandler: undefined,
  txPackets: undefined,
  txBytes: undefined,
  txErrors: undefined,
  txDropped: undefined,
  txCarrier: undefined,
};
