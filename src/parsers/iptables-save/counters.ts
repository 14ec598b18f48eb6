import type { Counters } from './rule.ts';

const BRACKET = 91;
const CLOSING = 93;

/** Where `[1054:275440]` ends that begins here; where there is none, its beginning. */
export function endOfCounters(text: string, from: number, to: number): number {
  if (text.charCodeAt(from) !== BRACKET) return from;
  let close = from;
  while (close < to && text.charCodeAt(close) !== CLOSING) close++;
  return close >= to ? from : close + 1;
}

/** `[1054:275440]`, beginning at the bracket. */
export function countersAt(text: string, from: number, to: number): { counters: Counters | undefined; end: number } {
  const end = endOfCounters(text, from, to);
  return end === from ? { counters: undefined, end } : { counters: counted(text.slice(from + 1, end - 1)), end };
}
const NOTHING_YET: Counters = { packets: 0, bytes: 0 };

function counted(text: string): Counters | undefined {
  const colon = text.indexOf(':');
  const packets = Number(text.slice(0, colon));
  const bytes = Number(text.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(packets) || !Number.isInteger(bytes)) return undefined;
  // only zeroes repeat: a table of all that was counted costs more than it saves
  return packets === 0 && bytes === 0 ? NOTHING_YET : { packets, bytes };
}
