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
    this.#line = line;
    this.count = 0;
    this.cut = false;
    let at = from;
    while (at < to) {
      const code = line.charCodeAt(at);
      if (code === SPACE || code === TAB) {
        at++;
        continue;
      }
      if (this.count === MOST) {
        this.cut = true;
        return;
      }
      const start = at;
      if (code === QUOTE) at = Math.min(closingQuote(line, at + 1, to) + 1, to);
      else at = endOfWord(line, at, to);
      this.#from[this.count] = start;
      this.#to[this.count++] = at;
    }
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

  /** Whether a word stands here as it is, without quotes: cheaper than making it. */
  is(index: number, text: string): boolean {
    return this.length(index) === text.length && this.#line.startsWith(text, this.#from[index]);
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
