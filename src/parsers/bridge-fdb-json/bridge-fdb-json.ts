import { parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import { deviceAsked, type Fdb, fdbCoverage, ofNoDevice, stateOf } from '../bridge-fdb/fdb-words.ts';
import { listAt, numberAt, textAt } from '../document.ts';
import { defineFormat, type Input, type Parsed, pathOf, type Problem, reading } from '../format.ts';
import { jsonHead, jsonList } from '../json-list.ts';

/** Rows of `bridge -j fdb show dev NAME`, which do not name it. */
const ONE_DEVICE = /^\s*\[\s*\{\s*"mac":\s*"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"[^{}]*"flags":\s*\[[^{}]*"state":/;

function parse(input: Input): Parsed {
  const { members, problems: broken } = jsonList(input);
  const problems: Problem[] = [...broken];
  const device = deviceAsked(input);
  const entries: Fdb[] = [];
  for (const [at, value] of members.entries()) {
    const mac = parseMac(textAt(value, 'mac') ?? '');
    const dev = textAt(value, 'ifname') ?? device;
    if (mac === undefined || dev === undefined) {
      problems.push({ line: 1, why: mac === undefined ? `[${at}] is no entry of a forwarding database` : ofNoDevice(`[${at}]`) });
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
  recognise: (head) => Math.max(jsonHead(head, 'mac', 'ifname'), ONE_DEVICE.test(head) ? 0.9 : 0),
  parse,
});
