import type { FactOf } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import { wholeNumber, wordsOf } from '../lines.ts';

type LinkCounters = FactOf<'link-counters'>;

/** A heading of `ip -s` (`RX:  bytes packets …`) and the row of numbers under it. */
export type CounterRow = { readonly heading: string; readonly numbers: string };

type Counted = Exclude<keyof LinkCounters, 'name' | 'origin'>;

const NAMES: Readonly<Record<string, Readonly<Record<string, Counted>>>> = {
  RX: { bytes: 'rxBytes', packets: 'rxPackets', errors: 'rxErrors', dropped: 'rxDropped' },
  TX: { bytes: 'txBytes', packets: 'txPackets', errors: 'txErrors', dropped: 'txDropped', carrier: 'txCarrier' },
  'RX errors': { nohandler: 'rxNoHandler', otherhost: 'rxOtherHost' },
};

/** Whether the line heads a row of counters. */
export const isCounterHeading = (line: string): boolean => /^\s+[RT]X(?: errors)?:/.test(line);

/** The counters of one device out of its rows. */
export function countersOf(name: string, rows: readonly CounterRow[], origin: Origin): LinkCounters {
  const told: Partial<Record<Counted, number | undefined>> = {};
  for (const { heading, numbers } of rows) {
    const colon = heading.indexOf(':');
    const fields = NAMES[heading.slice(0, colon).trim()] ?? {};
    const values = wordsOf(numbers);
    for (const [at, column] of wordsOf(heading.slice(colon + 1)).entries()) {
      const field = fields[column];
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
