const RETURN = 13;

/** Where the line ends that begins here. */
export function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The end of a line before the carriage return that Windows writes. */
export const withoutReturn = (text: string, end: number): number => (text.charCodeAt(end - 1) === RETURN ? end - 1 : end);

/** Where a name ends that begins here: at the next blank of its line. */
export function endOfName(text: string, from: number, to: number): number {
  const end = text.indexOf(' ', from);
  return end < 0 || end > to ? to : end;
}
