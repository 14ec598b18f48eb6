import type { NftExpression } from '#facts/nft/nft';
import type { Token } from './tokens.ts';

const NUMBER = /^(?:0x[0-9a-f]{1,16}|\d{1,19})$/i;
const DURATION = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;

/** `80`, `0x10`: a number; every other word is a name. */
export const constantOf = (text: string): string | number => (NUMBER.test(text) ? numberOf(text) : text);

function numberOf(text: string): string | number {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

/** `1h30m` in seconds. */
export function durationOf(text: string): number | undefined {
  const found = text === '' ? null : DURATION.exec(text);
  if (found === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return days * 86400 + hours * 3600 + minutes * 60 + seconds + milliseconds / 1000;
}

const IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*$/i;

/** A word as a constant: a number, a name, a prefix `10.0.0.0/8`, a range `80-90`. */
export function wordConstant({ text, quoted }: Token): NftExpression {
  if (quoted) return text;
  if (text.startsWith('@')) return { is: 'named', set: text.slice(1) };
  const slash = text.indexOf('/');
  if (slash > 0 && /^\d{1,3}$/.test(text.slice(slash + 1)) && /^[0-9a-f.:]+$/i.test(text.slice(0, slash))) {
    return { is: 'prefix', of: constantOf(text.slice(0, slash)), length: Number(text.slice(slash + 1)) };
  }
  const dash = text.indexOf('-', 1);
  if (dash > 0 && isBound(text.slice(0, dash)) && isBound(text.slice(dash + 1))) {
    return { is: 'range', from: constantOf(text.slice(0, dash)), to: constantOf(text.slice(dash + 1)) };
  }
  return constantOf(text);
}

/** What can stand on either side of a range: numbers and addresses, no names. */
const isBound = (text: string): boolean =>
  NUMBER.test(text) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || (text.length < 50 && IPV6.test(text));
