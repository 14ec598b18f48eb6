import { originText, type Origin } from '#snapshot/origin';

/** The line that an origin points at, as it stands in the snapshot; nothing when it points at a whole file or an edit. */
export type Quote = (origin: Origin) => string | undefined;

export const noQuotes: Quote = () => undefined;

const WIDTH = 210;

/** An origin with its line, cut to a readable width. */
export function quoted(origin: Origin, quote: Quote): string {
  const line = quote(origin)?.trim();
  if (line === undefined || line === '') return originText(origin);
  return `${originText(origin)}  ${line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line}`;
}
