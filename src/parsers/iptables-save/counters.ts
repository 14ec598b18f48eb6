import { wholeNumber } from '../lines.ts';
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
  return end === from ? { counters: undefined, end } : { counters: countersIn(text, from + 1, end - 1), end };
}
const NOTHING_YET: Counters = { packets: 0, bytes: 0 };
const [ZERO, NINE] = [48, 57] as const;
/** A number of so many digits is exact. */
const MOST_DIGITS = 15;

/** Two whole numbers with a colon between them; a table has as many of these as rules, so no text is made of them. */
function countersIn(text: string, from: number, to: number): Counters | undefined {
  const colon = text.indexOf(':', from);
  const packets = numberIn(text, from, colon);
  const bytes = numberIn(text, colon + 1, to);
  if (packets === undefined || bytes === undefined) return undefined;
  // only zeroes repeat: a table of all that was counted costs more than it saves
  return packets === 0 && bytes === 0 ? NOTHING_YET : { packets, bytes };
}

function numberIn(text: string, from: number, to: number): number | undefined {
  if (to <= from) return undefined;
  if (to - from > MOST_DIGITS) return wholeNumber(text.slice(from, to));
  let value = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) return undefined;
    value = value * 10 + code - ZERO;
  }
  return value;
}
