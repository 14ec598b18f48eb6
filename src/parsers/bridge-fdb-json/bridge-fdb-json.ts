import { parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import { type Fdb, fdbCoverage, stateOf } from '../bridge-fdb/fdb-words.ts';
import { listAt, numberAt, textAt } from '../document.ts';
import { defineFormat, type Input, type Parsed, pathOf, type Problem, reading } from '../format.ts';
import { jsonHead, jsonList } from '../json-list.ts';

function parse(input: Input): Parsed {
  const { members, problems: broken } = jsonList(input);
  const problems: Problem[] = [...broken];
  const entries: Fdb[] = [];
  for (const [at, value] of members.entries()) {
    const mac = parseMac(textAt(value, 'mac') ?? '');
    const dev = textAt(value, 'ifname');
    if (mac === undefined || dev === undefined) {
      problems.push({ line: 1, why: `[${at}] is no entry of a forwarding database` });
      continue;
    }
    const master = textAt(value, 'master') ?? null;
    entries.push({
      dev,
      mac,
      dst: parseIp(textAt(value, 'dst') ?? '') ?? null,
      vlan: numberAt(value, 'vlan') ?? null,
      vni: numberAt(value, 'vni') ?? null,
      port: numberAt(value, 'port') ?? null,
      via: textAt(value, 'viaIf') ?? textAt(value, 'via') ?? null,
      master,
      self: listAt(value, 'flags')?.includes('self') ?? false,
      ...stateOf(textAt(value, 'state'), master),
      origin: pathOf(input, `[${at}]`),
    });
  }
  return { readings: broken.length > 0 ? [] : [reading('fdb', entries, fdbCoverage(input, entries, problems))], problems };
}

/** JSON of `bridge fdb`. */
export default defineFormat({
  id: 'bridge-fdb-json',
  is: 'JSON of `bridge fdb`, also with -d and -s',
  tells: ['fdb'],
  recognise: (head) => jsonHead(head, 'mac', 'ifname'),
  parse,
});
