import { originText, type Origin } from '#snapshot/origin';

/** The line that an origin points at, as it stands in the snapshot; nothing when it points at a whole file or an edit. */
export type Quote = (origin: Origin) => string | undefined;

export const noQuotes: Quote = () => undefined;

const WIDTH = 210;

/** An origin with its line, cut to a readable width. */
export const quoted = (origin: Origin, quote: Quote): string => cited(origin, quote).join('  ');

/** The same in its parts: where it stands, and what stands there. */
export function cited(origin: Origin, quote: Quote): readonly [place: string, ...line: readonly string[]] {
  const line = quote(origin)?.trim().replaceAll(/\s+/g, ' ') ?? '';
  if (line === '') return [originText(origin)];
  return [originText(origin), line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line];
}
