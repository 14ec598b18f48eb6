const HANDLE = /\s*# handle (\d{1,15})$/;
const SHOWN = / (?:packets \d{1,20} bytes \d{1,20}|used \d{1,20} [kmg]?bytes)/g;

/** A line of a chain as `nft -a` writes it: the rule, and its handle where it is told. */
export function handleIn(line: string): { readonly text: string; readonly handle: number | undefined } {
  const found = HANDLE.exec(line);
  return found === null ? { text: line, handle: undefined } : { text: line.slice(0, found.index), handle: Number(found[1]) };
}

/** A rule without what its counters and quotas show at the moment. */
export const withoutShown = (text: string): string => text.replaceAll(SHOWN, '');

/** How many blocks a line opens more than it closes; braces in quotes and comments are text. */
export function depthOf(line: string): number {
  let depth = 0;
  let quotes = false;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === 34) quotes = !quotes;
    else if (quotes) continue;
    else if (code === 35) break;
    else if (code === 123) depth++;
    else if (code === 125) depth--;
  }
  return depth;
}
