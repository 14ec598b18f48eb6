import type { FactOf } from '#facts/kinds';
import { bareLink, flagFields, withBridges } from '../bridge-link/port-link.ts';
import { booleanAt, listAt, numberAt, textAt } from '../document.ts';
import { defineFormat, type Input, type Parsed, pathOf, type Problem, reading } from '../format.ts';
import { portState } from '../ip-link/details.ts';
import { jsonHead, jsonList } from '../json-list.ts';

function parse(input: Input): Parsed {
  const { members, problems: broken } = jsonList(input);
  const problems: Problem[] = [...broken];
  const links: FactOf<'link'>[] = [];
  for (const [at, value] of members.entries()) {
    const name = textAt(value, 'ifname');
    if (name === undefined) {
      problems.push({ line: 1, why: `[${at}] is no port of a bridge` });
      continue;
    }
    if (textAt(value, 'master') === name) continue; // iproute2 5.9 lists the bridge itself too
    const flags = (listAt(value, 'flags') ?? []).filter((flag): flag is string => typeof flag === 'string');
    links.push({
      ...bareLink(name, pathOf(input, `[${at}]`)),
      index: numberAt(value, 'ifindex'),
      ...(listAt(value, 'flags') === undefined ? {} : flagFields(flags)),
      mtu: numberAt(value, 'mtu'),
      master: textAt(value, 'master'),
      port: {
        state: portState(textAt(value, 'state')),
        hairpin: booleanAt(value, 'hairpin'),
        isolated: booleanAt(value, 'isolated'),
        learning: booleanAt(value, 'learning'),
        flood: booleanAt(value, 'flood'),
      },
    });
  }
  return { readings: broken.length > 0 ? [] : [reading('link', withBridges(links), [])], problems };
}

/** JSON of `bridge link`. */
export default defineFormat({
  id: 'bridge-link-json',
  is: 'JSON of `bridge link`, also with -d: the ports of bridges',
  tells: ['link'],
  recognise: (head) => (/"(operstate|addr_info|txqlen)"/.test(head) ? 0 : jsonHead(head, 'ifname', 'master', 'state', 'cost')),
  parse,
});
