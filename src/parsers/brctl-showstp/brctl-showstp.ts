import type { FactOf } from '#facts/kinds';
import { bareLink } from '../bridge-link/port-link.ts';
import { defineFormat, type Input, lineOf, type Parsed, reading } from '../format.ts';
import { portOf, portState } from '../ip-link/details.ts';
import { linesOf } from '../lines.ts';

const PORT = /^(\S{1,40}) \(\d{1,5}\)\s*$/;

/** A bridge by its name alone, then its ports by name and number, each with indented settings. */
function parse(input: Input): Parsed {
  const links: FactOf<'link'>[] = [];
  let bridge: string | undefined;
  for (const [index, line] of linesOf(input.text).entries()) {
    if (line.trim() === '') continue;
    const origin = lineOf(input, index + 1);
    const port = PORT.exec(line)?.[1];
    const last = links.at(-1);
    if (port !== undefined) links.push({ ...bareLink(port, origin), master: bridge, port: { ...portOf([]), hairpin: undefined } });
    else if (/^\S{1,40}$/.test(line)) {
      bridge = line;
      const settings = { stp: undefined, vlanFiltering: undefined, ageingSeconds: undefined };
      links.push({ ...bareLink(line, origin), type: 'bridge', bridge: settings });
    } else if (last !== undefined && /^\s/.test(line)) links[links.length - 1] = withSetting(last, line.slice(0, 200));
  }
  return { readings: [reading('link', links, [])], problems: [] };
}

function withSetting(link: FactOf<'link'>, line: string): FactOf<'link'> {
  const ageing = /ageing time\s+(\d+(?:\.\d+)?)(?=\s|$)/.exec(line)?.[1];
  if (ageing !== undefined && link.bridge) return { ...link, bridge: { ...link.bridge, ageingSeconds: Number(ageing) } };
  if (!link.port) return link;
  const state = /\sstate\s+(\w+)/.exec(line)?.[1];
  if (state !== undefined) return { ...link, port: { ...link.port, state: portState(state) } };
  const hairpin = /^\s*hairpin mode\s+([01])/.exec(line)?.[1];
  return hairpin === undefined ? link : { ...link, port: { ...link.port, hairpin: hairpin === '1' } };
}

/** `brctl showstp BRIDGE`. */
export default defineFormat({
  id: 'brctl-showstp',
  is: '`brctl showstp`: the spanning-tree state of a bridge and its ports',
  tells: ['link'],
  recognise: (head) => (/^\S{1,40}\n bridge id\s+[0-9a-f]{4}\./.test(head.trimStart()) ? 1 : 0),
  parse,
});
