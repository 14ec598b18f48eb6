import type { FactOf } from '#facts/kinds';
import { parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import { listAt, member, textAt } from '../document.ts';
import { defineFormat, type Input, type Parsed, pathOf, type Problem, reading } from '../format.ts';
import { neighbourCoverage, stateOf } from '../ip-neigh/ip-neigh.ts';
import { askedOf } from '../iproute2.ts';
import { jsonHead, jsonList } from '../json-list.ts';

function parse(input: Input): Parsed {
  const { members, problems: broken } = jsonList(input);
  const { rest } = askedOf(input);
  const asked = rest.includes('dev') ? rest[rest.indexOf('dev') + 1] : undefined;
  const problems: Problem[] = [...broken];
  const neighbours: FactOf<'neighbour'>[] = [];
  for (const [at, value] of members.entries()) {
    const address = parseIp(textAt(value, 'dst') ?? '');
    const dev = textAt(value, 'dev') ?? asked;
    if (address === undefined || dev === undefined) {
      problems.push({ line: 1, why: `[${at}] is no neighbour` });
      continue;
    }
    const state = listAt(value, 'state')?.at(-1);
    neighbours.push({
      dev,
      address,
      mac: parseMac(textAt(value, 'lladdr') ?? '') ?? null,
      state: stateOf(typeof state === 'string' ? state : undefined),
      proxy: member(value, 'proxy') !== undefined,
      origin: pathOf(input, `[${at}]`),
    });
  }
  return {
    readings: broken.length > 0 ? [] : [reading('neighbour', neighbours, neighbourCoverage(input, neighbours, problems))],
    problems,
  };
}

/** JSON of `ip neigh`. */
export default defineFormat({
  id: 'ip-neigh-json',
  is: 'JSON of `ip neigh`, also with -s',
  tells: ['neighbour'],
  recognise: (head) => (/"(lladdr|state)"/.test(head) && !head.includes('"mac"') ? jsonHead(head, 'dst', 'dev', 'state') : 0),
  parse,
});
