import type { FactOf } from '#facts/kinds';
import { parseMac } from '#net/mac';
import { bareLink } from '../bridge-link/port-link.ts';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { linesOf, quoted, wordsOf } from '../lines.ts';

const HEAD = /^bridge name\s+bridge id\s+STP enabled\s+interfaces/;

/** Bridges and the names of their ports: a port's line is indented and holds the name alone. */
function parse(input: Input): Parsed {
  const links: FactOf<'link'>[] = [];
  const problems: Problem[] = [];
  let bridge: string | undefined;
  for (const [index, line] of linesOf(input.text).entries()) {
    const words = wordsOf(line);
    const origin = lineOf(input, index + 1);
    const port = /^\s/.test(line) ? words[0] : words[3];
    if (words.length === 0 || HEAD.test(line)) continue;
    if (/^\S/.test(line)) {
      const [name = '', id = '', stp] = words;
      if (!/^[0-9a-f]{4}\.[0-9a-f]{12}$/.test(id) || (stp !== 'yes' && stp !== 'no')) {
        problems.push({ line: index + 1, why: `not a bridge: ${quoted(line)}` });
        continue;
      }
      bridge = name;
      const mac = parseMac((id.slice(5).match(/../g) ?? []).join(':'));
      // a bridge without ports shows the address 0, whatever its own is
      const own = id.endsWith('.000000000000') ? undefined : mac;
      const settings = { stp: stp === 'yes', vlanFiltering: undefined, ageingSeconds: undefined };
      links.push({ ...bareLink(name, origin), type: 'bridge', mac: own, bridge: settings });
    }
    if (port !== undefined && bridge !== undefined) links.push({ ...bareLink(port, origin), master: bridge });
  }
  return { readings: [reading('link', links, [])], problems };
}

/** `brctl show` of bridge-utils and busybox. */
export default defineFormat({
  id: 'brctl-show',
  is: '`brctl show`: bridges and the names of their ports',
  tells: ['link'],
  recognise: (head) => (HEAD.test(head.trimStart()) ? 1 : 0),
  parse,
});
