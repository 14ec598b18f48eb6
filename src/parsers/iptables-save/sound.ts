import { endOfExtension, isBang } from './rule.ts';
import type { Shared } from './shared.ts';
import type { Words } from './words.ts';

const [BANG, QUOTE, DASH, DOT, SLASH, ZERO, NINE] = [33, 34, 45, 46, 47, 48, 57] as const;
const [D, G, I, J, M, O, P, S] = [100, 103, 105, 106, 109, 111, 112, 115] as const;

/**
 * Whether a rule is surely understood as a whole. It makes nothing of the rule: of half a million, only those in doubt are read
 * before someone wants them.
 */
export function isSound(words: Words, shared: Shared): boolean {
  let hasTarget = false;
  for (let at = 0; at < words.count; ) {
    if (isBang(words, at)) at++;
    if (words.code(at, 0) !== DASH || words.length(at) !== 2 || !isValue(words, at + 1)) return false;
    const letter = words.code(at, 1);
    if (letter === M) at = endOfExtension(words, at + 2);
    else if (letter === J || letter === G) {
      if (hasTarget) return false;
      hasTarget = true;
      at = endOfExtension(words, at + 2);
    } else if (letter === S || letter === D) {
      if (!isPrefix(words, at + 1) && shared.prefix(at + 1, false) === null) return false;
      at += 2;
    } else if (letter === I || letter === O || letter === P) at += 2;
    else return false;
  }
  return !words.cut;
}

/** A plain word: neither an option, nor a negation, nor quoted, nor missing. */
function isValue(words: Words, at: number): boolean {
  const first = words.code(at, 0);
  return !Number.isNaN(first) && first !== DASH && first !== BANG && first !== QUOTE;
}

/** `10.96.0.10/32` as the tool writes it; anything else is left to who reads addresses. */
function isPrefix(words: Words, at: number): boolean {
  let [value, digits, parts] = [0, 0, 0];
  const length = words.length(at);
  for (let offset = 0; offset <= length; offset++) {
    const code = offset < length ? words.code(at, offset) : SLASH;
    if (code >= ZERO && code <= NINE) {
      if (digits > 0 && value === 0) return false;
      value = value * 10 + code - ZERO;
      digits++;
    } else if (code === DOT || code === SLASH) {
      if (digits === 0 || digits > 3 || value > (parts === 4 ? 32 : 255)) return false;
      parts++;
      if (code === SLASH && parts !== 4 && parts !== 5) return false;
      if (code === DOT && parts > 3) return false;
      [value, digits] = [0, 0];
    } else return false;
  }
  return parts === 4 || parts === 5;
}
