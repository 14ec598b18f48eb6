const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const TAB = 9;

/** The most words of a rule that are read; no tool writes so many. */
const MOST = 4096;

/**
 * The words of a rule as iptables-save writes them: blanks part them, quotes hold them together, a backslash in quotes takes the
 * next character as it is. Kept as positions, for a dump may have half a million rules and most of their words repeat.
 */
export class Words {
  #line = '';
  readonly #from = new Int32Array(MOST);
  readonly #to = new Int32Array(MOST);
  /** Whether all words were taken: a line with more than `MOST` is cut. */
  cut = false;
  count = 0;

  /** Reads the words between two positions of a text. */
  read(line: string, from: number, to: number): void {
    const [starts, ends] = [this.#from, this.#to];
    let count = 0;
    let at = from;
    while (at < to && count < MOST) {
      const code = line.charCodeAt(at);
      if (code === SPACE || code === TAB) {
        at++;
        continue;
      }
      starts[count] = at;
      at = code === QUOTE ? Math.min(closingQuote(line, at + 1, to) + 1, to) : endOfWord(line, at, to);
      ends[count++] = at;
    }
    this.#line = line;
    this.count = count;
    this.cut = at < to;
  }

  /** A word without its quotes; empty beyond the last. */
  at(index: number): string {
    if (index >= this.count) return '';
    const from = this.#from[index] ?? 0;
    const to = this.#to[index] ?? 0;
    if (this.#line.charCodeAt(from) !== QUOTE) return this.#line.slice(from, to);
    const closed = to - from > 1 && this.#line.charCodeAt(to - 1) === QUOTE;
    return unescaped(this.#line.slice(from + 1, closed ? to - 1 : to));
  }

  /** Whether no word stands here, or one of nothing but quotes. */
  isEmpty(index: number): boolean {
    return this.length(index) === 0 || (this.code(index, 0) === QUOTE && this.at(index) === '');
  }

  /** Whether a word stands here as it is, without quotes: cheaper than making it. */
  is(index: number, text: string): boolean {
    return this.length(index) === text.length && this.#line.startsWith(text, this.#from[index]);
  }

  /** Whether several words are exactly this text, with the blanks between them. */
  areExactly(first: number, end: number, text: string): boolean {
    if (end <= first) return text === '';
    const from = this.#from[first] ?? 0;
    return (this.#to[end - 1] ?? 0) - from === text.length && this.#line.startsWith(text, from);
  }

  /** A number by which several words are found again: of their length and of their last characters. */
  hash(first: number, end: number, characters: number): number {
    if (end <= first) return 0;
    const from = this.#from[first] ?? 0;
    const to = this.#to[end - 1] ?? 0;
    let hash = to - from;
    for (let at = Math.max(from, to - characters); at < to; at++) hash = Math.imul(hash ^ this.#line.charCodeAt(at), 0x01000193);
    return hash ^ (hash >>> 15);
  }

  /** Several words exactly as they stand. */
  raw(first: number, end: number): string {
    return end <= first ? '' : this.#line.slice(this.#from[first] ?? 0, this.#to[end - 1] ?? 0);
  }

  /** A word's characters by position: cheaper than the word. Nothing (NaN) beyond its end. */
  code(index: number, offset: number): number {
    const from = (this.#from[index] ?? 0) + offset;
    return index < this.count && from < (this.#to[index] ?? 0) ? this.#line.charCodeAt(from) : Number.NaN;
  }

  length(index: number): number {
    return index < this.count ? (this.#to[index] ?? 0) - (this.#from[index] ?? 0) : 0;
  }
}

function endOfWord(line: string, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const code = line.charCodeAt(at);
    if (code === SPACE || code === TAB) return at;
    at++;
  }
  return to;
}

function closingQuote(line: string, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) return at;
    at += code === BACKSLASH ? 2 : 1;
  }
  return to;
}

const unescaped = (text: string): string => (text.includes('\\') ? text.replace(/\\(.)/g, '$1') : text);
