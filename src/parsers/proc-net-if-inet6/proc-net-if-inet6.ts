import { fromBits } from '#net/ip';
import { defineFormat, reading } from '../format.ts';
import { linesOf, quoted, readLines, wordsOf } from '../lines.ts';

const LINE = /^([0-9a-f]{32}) ([0-9a-f]{2,8}) ([0-9a-f]{2}) ([0-9a-f]{2}) ([0-9a-f]{2,8}) +\S{1,40}\s*$/;

const SCOPES: ReadonlyMap<string, string> = new Map(Object.entries<string>({ '00': 'global', '10': 'host', '20': 'link', '40': 'site' }));
const DEPRECATED = 0x20;

/** /proc/net/if_inet6: IPv6 addresses. */
export default defineFormat({
  id: 'proc-net-if-inet6',
  is: '/proc/net/if_inet6: IPv6 addresses',
  tells: ['address'],
  recognise: (head) => (LINE.test((linesOf(head).find((line) => line.trim() !== '') ?? '').slice(0, 120)) ? 1 : 0),
  parse: (input) => {
    const parsed = readLines(input, 'address', (line, origin) => {
      const found = line.length > 200 ? null : LINE.exec(line);
      const length = Number.parseInt(found?.[3] ?? '', 16);
      if (found === null || length > 128) return `not an address: ${quoted(line)}`;
      return {
        dev: wordsOf(line)[5] ?? '',
        address: fromBits(BigInt(`0x${found[1] ?? '0'}`), 6),
        length,
        peer: undefined,
        broadcast: null,
        scope: SCOPES.get(found[4] ?? ''),
        secondary: undefined,
        deprecated: (Number.parseInt(found[5] ?? '0', 16) & DEPRECATED) !== 0,
        label: null,
        origin,
      };
    });
    // one family of two
    return { ...parsed, readings: [reading('address', (parsed.readings[0]?.facts ?? []) as never, [])] };
  },
});
