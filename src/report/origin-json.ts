import { type Origin, originText } from '#snapshot/origin';
import type { Quote } from './quote.ts';

/** JSON dumps of tools come in one long line; a quote is cut. */
const LONGEST_QUOTE = 300;

/** Where something was read: file, and line or object path where there is one. */
export const placeJson = ({ file, line, path }: Origin): object => ({
  file,
  ...(line === undefined ? {} : { line }),
  ...(path === undefined ? {} : { path }),
});

/** The same as one text and in its parts, with the line that stands there. */
export function originJson(origin: Origin, quote: Quote): object {
  const line = quote(origin);
  return {
    origin: originText(origin),
    ...placeJson(origin),
    ...(line === undefined ? {} : { quote: line.trim().slice(0, LONGEST_QUOTE) }),
  };
}
