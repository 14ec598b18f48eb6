import type { Taken } from '#parsers/read';
import { amount } from '#report/amount';

/** So many lines of a file are named, and so many in all, unless every one is asked for. */
const OF_A_FILE = 3;
const IN_ALL = 30;

const WIDTH = 120;

/** Names lines that were not understood: where each stands, why, and what stands there. Bounded over a whole import. */
export class NotUnderstood {
  readonly #textOf: (file: string) => string;
  readonly #everyLine: boolean;
  #named = 0;
  #unnamed = 0;

  constructor(textOf: (file: string) => string, everyLine: boolean) {
    this.#textOf = textOf;
    this.#everyLine = everyLine;
  }

  /** The lines of one file that are named. */
  of({ file, problems }: Taken): readonly string[] {
    if (problems.length === 0) return [];
    const room = this.#everyLine ? problems.length : Math.max(0, Math.min(OF_A_FILE, IN_ALL - this.#named));
    const shown = problems.slice(0, room);
    this.#named += shown.length;
    this.#unnamed += problems.length - shown.length;
    const lines = shown.length === 0 ? [] : this.#textOf(file).split('\n');
    return shown.map(({ line, why }) => `${file}:${line}: ${cut(printable(why))}${standing(lines[line - 1] ?? '', why)}`);
  }

  /** How many were not named, and what names them. */
  rest(): readonly string[] {
    if (this.#unnamed === 0) return [];
    return [`${amount(this.#unnamed, 'more line')} not understood: the same with --not-understood names every one`];
  }
}

/** A reason that is a place in a document needs no line: its first line is the whole of it. */
const OF_A_DOCUMENT = /^(?:\$|\.|[\w.]*\[\d+\])/;

/** The line, where the reason does not quote it already. */
function standing(text: string, why: string): string {
  const line = printable(text.trim().replaceAll(/\s+/g, ' '));
  if (line === '' || OF_A_DOCUMENT.test(why) || printable(why).includes(line.slice(0, WIDTH / 2))) return '';
  return `, in: ${cut(line)}`;
}

const cut = (text: string): string => (text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text);

/** Whoever made the text does not write to this terminal. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '·');
