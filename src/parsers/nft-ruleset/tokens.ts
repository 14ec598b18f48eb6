/** One word of nft's language; what stood in quotes is a name, whatever it looks like. */
export type Token = { readonly text: string; readonly quoted: boolean };

const WORD = /\s*(?:"([^"]*)"|([{}(),;])|([^\s{}(),;"]+)|("))/y;

/** The words of a line: blanks part them, and so do braces, parentheses, commas and semicolons. */
export function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  WORD.lastIndex = 0;
  for (let found = WORD.exec(line); found !== null; found = WORD.exec(line)) {
    const [, name, mark, word, stray] = found;
    tokens.push(name === undefined ? { text: mark ?? word ?? stray ?? '', quoted: false } : { text: name, quoted: true });
  }
  return tokens;
}

/** What the parsers throw at a word that they do not understand; the rule's reader catches it. */
export class NotUnderstood extends Error {}

/** Deeper nesting than this is no rule of anybody's. */
const DEEPEST = 40;

/** Words that are read one after the other. */
export class Words {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** How many words are left; setting it goes back there. */
  get left(): number {
    return this.#tokens.length - this.#at;
  }

  set left(left: number) {
    this.#at = this.#tokens.length - left;
    this.#depth = 0;
  }

  get isDone(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** The next word as written, not in quotes. */
  peek(ahead = 0): string {
    const token = this.#tokens[this.#at + ahead];
    return token === undefined || token.quoted ? '' : token.text;
  }

  take(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new NotUnderstood('the line ends too early');
    return token;
  }

  word(): string {
    return this.take().text;
  }

  number(): number {
    const text = this.word();
    const value = Number(text);
    if (text === '' || !Number.isFinite(value)) throw new NotUnderstood(`not a number: ${text.slice(0, 40)}`);
    return value;
  }

  /** Takes the word if it is the next one. */
  skip(word: string): boolean {
    if (this.peek() !== word) return false;
    this.#at++;
    return true;
  }

  expect(word: string): void {
    if (!this.skip(word)) throw new NotUnderstood(`${word} expected, not ${(this.#tokens[this.#at]?.text ?? 'the end').slice(0, 40)}`);
  }

  /** Runs a part of the grammar that may hold itself. */
  nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw new NotUnderstood('nested too deeply');
    const value = read();
    this.#depth--;
    return value;
  }

  /** All words that are left, for what is kept as written. */
  rest(): string {
    const left = this.#tokens.slice(this.#at).map(({ text, quoted }) => (quoted ? `"${text}"` : text));
    this.#at = this.#tokens.length;
    return left.join(' ');
  }
}
