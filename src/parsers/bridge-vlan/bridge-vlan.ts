import type { FactOf } from '#facts/kinds';
import { listAt, numberAt, textAt } from '../document.ts';
import { defineFormat, type Input, lineOf, type Parsed, pathOf, type Problem, reading } from '../format.ts';
import { askedOf, coverageUnfiltered } from '../iproute2.ts';
import { jsonList } from '../json-list.ts';
import { linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';

type BridgeVlan = FactOf<'bridge-vlan'>;

function fromJson(input: Input, problems: Problem[]): BridgeVlan[] {
  const { members, problems: broken } = jsonList(input);
  problems.push(...broken);
  return members.flatMap((port, at) => {
    const dev = textAt(port, 'ifname');
    if (dev === undefined) problems.push({ line: 1, why: `[${at}] is no port of a bridge` });
    return dev === undefined
      ? []
      : (listAt(port, 'vlans') ?? []).flatMap((one, nth): BridgeVlan[] => {
          const first = numberAt(one, 'vlan');
          if (first === undefined) return [];
          const flags = listAt(one, 'flags') ?? [];
          const origin = pathOf(input, `[${at}].vlans[${nth}]`);
          const told = { pvid: flags.includes('PVID'), untagged: flags.includes('Egress Untagged') };
          return [{ dev, first, last: numberAt(one, 'vlanEnd') ?? first, ...told, origin }];
        });
  });
}

/** What -d and -s tell of the VLAN of the line before. */
const MORE = /^\s+(?:state \S|RX: \d|TX: \d)/;

/** `veth0  1 PVID Egress Untagged`; older tools write the VLANs of a port under its name, a blank line behind. */
function fromText(input: Input, problems: Problem[]): BridgeVlan[] {
  const facts: BridgeVlan[] = [];
  let dev: string | undefined;
  for (const [index, line] of linesOf(input.text).entries()) {
    const words = wordsOf(line);
    if (words.length === 0 || /^port\s+vlan/.test(line) || /^(?:RTNETLINK answers|Dump terminated)/.test(line) || MORE.test(line)) continue;
    const own = /^\s/.test(line) ? words : words.slice(1);
    if (!/^\s/.test(line)) dev = words[0];
    if (own.length === 0 || own[0] === 'None') continue;
    const [first, last = first] = (own[0] ?? '').split('-').map(wholeNumber);
    if (dev === undefined || first === undefined || last === undefined) {
      problems.push({ line: index + 1, why: `no VLAN of a port: ${quoted(line)}` });
      continue;
    }
    facts.push({ dev, first, last, pvid: own.includes('PVID'), untagged: own.includes('Untagged'), origin: lineOf(input, index + 1) });
  }
  return facts;
}

function parse(input: Input): Parsed {
  const problems: Problem[] = [];
  const facts = input.text.trimStart().startsWith('[') ? fromJson(input, problems) : fromText(input, problems);
  const whole = problems.length > 0 || input.text.includes('RTNETLINK answers') ? [] : coverageUnfiltered(input, askedOf(input));
  return { readings: [reading('bridge-vlan', facts, whole)], problems };
}

/** `bridge vlan`, as text or JSON: the VLANs of each port. */
export default defineFormat({
  id: 'bridge-vlan',
  is: 'text and JSON of `bridge vlan`',
  tells: ['bridge-vlan'],
  recognise: (head) => {
    const text = head.trimStart();
    if (text.startsWith('[')) return /"vlans":/.test(text) && /"ifname":/.test(text) ? 0.95 : 0;
    return /^(?:RTNETLINK answers: Operation not supported\nDump terminated\n)?port\s+vlan[- ]id/.test(text) ? 1 : 0;
  },
  parse,
});
