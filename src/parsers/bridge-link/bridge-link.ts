import type { FactOf } from '#facts/kinds';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { after, portOf, portState } from '../ip-link/details.ts';
import { linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';
import { bareLink, flagFields, withBridges } from './port-link.ts';

const HEAD = /^(\d{1,9}): ([^\s:@]{1,40})(?:@[^\s:]{1,40})?:? .{0,40}?<([^>]{0,300})> mtu .* master (\S{1,40}) state /;

/** Ports of bridges; the peer that this tool prints is a name of this namespace even where the peer is in another: left out. */
function parse(input: Input): Parsed {
  const links: FactOf<'link'>[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of linesOf(input.text).entries()) {
    const words = wordsOf(line);
    if (words.length === 0) continue;
    const found = line.length > 1000 ? null : HEAD.exec(line);
    const last = links.at(-1);
    if (found !== null) {
      const own = bareLink(found[2] ?? '', lineOf(input, index + 1));
      const port = { ...portOf([]), state: portState(after(words, 'state')) };
      const mtu = wholeNumber(after(words, 'mtu'));
      links.push({ ...own, index: wholeNumber(found[1]), ...flagFields((found[3] ?? '').split(',')), mtu, master: found[4] ?? null, port });
    } else if (/^\s/.test(line) && last !== undefined) {
      links[links.length - 1] = { ...last, port: { ...portOf(words), state: last.port?.state } };
    } else if (!/^\d{1,9}: /.test(line)) problems.push({ line: index + 1, why: `not a port of a bridge: ${quoted(line)}` });
  }
  return { readings: [reading('link', withBridges(links), [])], problems };
}

/** Text of `bridge link`. */
export default defineFormat({
  id: 'bridge-link',
  is: 'text of `bridge link`, also with -d: the ports of bridges',
  tells: ['link'],
  recognise: (head) => (HEAD.test((linesOf(head).find((line) => line.trim() !== '') ?? '').slice(0, 1000)) ? 1 : 0),
  parse,
});
