/** Columns of a line of text. */
export const WIDTH = 120;

/** Width as a terminal shows it: Chinese characters take two columns. */
export const columns = (text: string): number => [...text].reduce((sum, character) => sum + (/[\u2e80-\uffdc]/.test(character) ? 2 : 1), 0);

/** What stays on one line: a word, a character of Chinese, and a command in backticks, so that it can be copied. */
const UNBROKEN = /(?:`[^`]*`|[^ `\u3000-\uffdc])+ *|[\u3000-\uffdc] *|[ `]/g;

/** A text in lines of at most so many columns, broken at blanks; Chinese is broken anywhere. */
export function fold(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(UNBROKEN) ?? []) {
    if (line !== '' && columns(line) + columns(word.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  return [...lines, line.trimEnd()];
}

/** The same behind an indent, and what goes on further in. */
export const indented = (text: string, indent: number, width = WIDTH): string =>
  fold(text, width - indent - 2)
    .map((line, at) => `${' '.repeat(at === 0 ? indent : indent + 2)}${line}`)
    .join('\n');
