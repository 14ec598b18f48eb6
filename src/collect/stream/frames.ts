/** What was run, as announced before its output. */
export type Opening = {
  /** The namespace's id; `.` is the root namespace. */
  readonly where: string;
  readonly source: string;
  readonly format: string;
  readonly uptime: number | undefined;
  readonly argv: readonly string[];
};

/** One piece of the script's stream (`script/words.ts` says how it is written). */
export type Frame =
  | { readonly is: 'tool'; readonly version: string }
  | { readonly is: 'node'; readonly name: string }
  | {
      readonly is: 'clock';
      readonly look: number;
      readonly wall: number;
      readonly zoneMinutes: number | undefined;
      readonly uptime: number | undefined;
      readonly bootId: string | undefined;
    }
  /** The Date header of an answer of etcd, and when it came. */
  | { readonly is: 'served'; readonly uptime: number | undefined; readonly date: string }
  | { readonly is: 'gap'; readonly where: string; readonly of: string; readonly why: string; readonly detail: string }
  | {
      readonly is: 'reading';
      readonly openings: readonly Opening[];
      readonly content: Buffer;
      /** Nothing when it was cut off before its end. */
      readonly exit: number | null;
      readonly uptime: number | undefined;
      readonly said: string;
    }
  | { readonly is: 'done' };

const FIRST_LINE = /^leadline-capture 1 ([0-9A-Za-z-]{8,64})$/;

/** Whether a file begins as the script's stream does. */
export const looksLikeStream = (content: Buffer): boolean => content.subarray(0, 19).toString('latin1') === 'leadline-capture 1 ';

/** Reads the stream frame by frame. Content is never copied; a stream that was cut ends without `done`. */
export function* framesOf(stream: Buffer): Generator<Frame> {
  const firstEnd = stream.indexOf(10);
  const mark = FIRST_LINE.exec(stream.subarray(0, Math.max(firstEnd, 0)).toString('latin1'))?.[1];
  if (mark === undefined) return;
  const cursor = new Cursor(stream, firstEnd + 1, mark);
  let openings: Opening[] = [];
  for (let line = cursor.frameLine(); line !== undefined; line = cursor.frameLine()) {
    const [word = '', ...rest] = line.split(' ');
    const last = openings.at(-1);
    if (word === 'entry') openings.push(openingOf(rest));
    else if (word === 'argv' && last !== undefined) openings[openings.length - 1] = { ...last, argv: [...last.argv, rest.join(' ')] };
    else if (word === 'begin') {
      yield readingAt(cursor, openings);
      openings = [];
    } else if (word === 'gap') {
      const [where = '.', of = ''] = rest;
      yield { is: 'gap', where, of, why: cursor.plainLine(), detail: cursor.plainLine() };
    } else yield* announced(word, rest);
  }
}

function readingAt(cursor: Cursor, openings: readonly Opening[]): Frame {
  const content = cursor.content();
  const [word, exit = '', uptime] = (cursor.peekFrame() ?? '').split(' ');
  if (word !== 'end') return { is: 'reading', openings, content, exit: null, uptime: undefined, said: '' };
  cursor.frameLine();
  let said = '';
  if (cursor.peekFrame() === 'said') {
    cursor.frameLine();
    said = cursor.content().subarray(0, 4096).toString('utf8').trim();
    if (cursor.peekFrame() === 'over') cursor.frameLine();
  }
  return { is: 'reading', openings, content, exit: numberOf(exit) ?? null, uptime: numberOf(uptime), said };
}

function* announced(word: string, rest: readonly string[]): Generator<Frame> {
  if (word === 'tool') yield { is: 'tool', version: rest.join(' ') };
  else if (word === 'node') yield { is: 'node', name: rest.join(' ') };
  else if (word === 'done') yield { is: 'done' };
  else if (word === 'served') yield { is: 'served', uptime: numberOf(rest[0]), date: rest.slice(1).join(' ') };
  else if (word === 'clock') {
    const [look, seconds, nanoseconds = '', zone, uptime, boot] = rest;
    // a date without %N prints the letter
    const milliseconds = /^\d{9}$/.test(nanoseconds) ? Math.floor(Number(nanoseconds) / 1e6) : 0;
    yield {
      is: 'clock',
      look: numberOf(look) ?? 1,
      wall: (numberOf(seconds) ?? 0) * 1000 + milliseconds,
      zoneMinutes: zoneOf(zone),
      uptime: numberOf(uptime),
      bootId: boot === undefined || boot === '-' ? undefined : boot,
    };
  }
}

const openingOf = ([where = '.', source = '', format = '', uptime]: readonly string[]): Opening => ({
  where,
  source,
  format,
  uptime: numberOf(uptime),
  argv: [],
});

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined;

function zoneOf(text: string | undefined): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(text ?? '') ?? [];
  return sign === undefined ? undefined : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** A place in the stream. Lines of the frame begin with the mark, which no content can know. */
class Cursor {
  readonly #stream: Buffer;
  readonly #mark: Buffer;
  #at: number;

  constructor(stream: Buffer, at: number, mark: string) {
    this.#stream = stream;
    this.#at = at;
    this.#mark = Buffer.from(`${mark} `);
  }

  /** The next line of the frame without its mark, skipping whatever stands before it. */
  frameLine(): string | undefined {
    const start = this.#nextMark();
    if (start < 0) return undefined;
    const end = this.#endOfLine(start);
    this.#at = end + 1;
    return this.#stream.subarray(start + this.#mark.length, end).toString('utf8');
  }

  peekFrame(): string | undefined {
    const before = this.#at;
    const line = this.frameLine();
    this.#at = before;
    return line;
  }

  /** A line of a frame's own that bears no mark. */
  plainLine(): string {
    const end = this.#endOfLine(this.#at);
    const line = this.#stream.subarray(this.#at, end).toString('utf8');
    this.#at = end + 1;
    return line;
  }

  /** Everything up to the next line of the frame, without the newline that the frame put before itself. */
  content(): Buffer {
    const start = this.#at;
    const mark = this.#nextMark();
    this.#at = mark < 0 ? this.#stream.length : mark;
    return this.#stream.subarray(start, mark < 0 ? this.#stream.length : Math.max(start, mark - 1));
  }

  #nextMark(): number {
    for (let from = this.#at; ; ) {
      const found = this.#stream.indexOf(this.#mark, from);
      if (found < 0) return -1;
      if (found === 0 || found === this.#at || this.#stream[found - 1] === 10) return found;
      from = found + 1;
    }
  }

  #endOfLine(from: number): number {
    const end = this.#stream.indexOf(10, from);
    return end < 0 ? this.#stream.length : end;
  }
}
