import type { FactOf } from '#facts/kinds';
import { parseAddressWithLength } from '#net/cidr';
import { parseMac } from '#net/mac';
import { bareLink, flagFields } from '../bridge-link/port-link.ts';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { linkOf } from '../ip-link/device.ts';
import { askedOf, coverageUnfiltered } from '../iproute2.ts';
import { linesOf, quoted, wordsOf } from '../lines.ts';

const HEAD = /^\S{1,40} +(?:UP|DOWN|UNKNOWN|LOWERLAYERDOWN|TESTING|DORMANT|NOTPRESENT) +(?:[0-9a-f:.]{2,45}(?:\/\d{1,3})?.*|<.*)?$/;

/** One line of `ip -br link` (MAC and flags) or `ip -br addr` (addresses). */
function parse(input: Input): Parsed {
  const links: FactOf<'link'>[] = [];
  const addresses: FactOf<'address'>[] = [];
  const problems: Problem[] = [];
  let flagged = false;
  for (const [index, line] of linesOf(input.text).entries()) {
    if (line.trim() === '') continue;
    const origin = lineOf(input, index + 1);
    const [name = '', operState = '', ...rest] = wordsOf(line);
    if (line.length > 4000 || !HEAD.test(line)) {
      problems.push({ line: index + 1, why: `not a device: ${quoted(line)}` });
      continue;
    }
    const flags = rest.at(-1)?.startsWith('<') === true ? rest.at(-1)?.slice(1, -1).split(',') : undefined;
    flagged ||= flags !== undefined;
    const named = linkOf({
      name,
      index: undefined,
      flags: [],
      mtu: undefined,
      operState,
      master: undefined,
      linkType: undefined,
      address: undefined,
      netnsid: undefined,
      elsewhere: false,
      origin,
    });
    const { peerIndex, peerNsid, peerName } = named;
    const told = { ...bareLink(named.name, origin), operState, peerIndex, peerNsid, peerName };
    links.push(
      flags === undefined ? told : { ...told, ...flagFields(flags), mac: rest.length > 1 ? (parseMac(rest[0] ?? '') ?? null) : null },
    );
    if (flags !== undefined) continue;
    addresses.push(...addressesOf(named.name, rest, origin));
    const odd = rest.find((word, at) => !isOfAddress(word, rest[at - 1]));
    if (odd !== undefined) problems.push({ line: index + 1, why: `no address: ${quoted(odd)}` });
  }
  const asked = askedOf(input);
  // what was not understood may be any device, or address
  const covers = problems.length > 0 ? [] : links.some(({ name }) => name === 'lo') || asked.known ? coverageUnfiltered(input, asked) : [];
  return { readings: [reading('link', links, covers), ...(flagged ? [] : [reading('address', addresses, covers)])], problems };
}

/** Whether a word belongs to a list of addresses. */
const isOfAddress = (word: string, before: string | undefined): boolean =>
  word === 'peer' || word === 'metric' || before === 'metric' || parseAddressWithLength(word) !== undefined;

/** `10.0.0.1/24 10.0.0.2 peer 10.0.0.3/32 metric 100 …`. */
function addressesOf(dev: string, words: readonly string[], origin: FactOf<'address'>['origin']): readonly FactOf<'address'>[] {
  const found: FactOf<'address'>[] = [];
  for (const [at, word] of words.entries()) {
    const own = parseAddressWithLength(word);
    if (own === undefined || words[at - 1] === 'peer') continue;
    const far = words[at + 1] === 'peer' ? parseAddressWithLength(words[at + 2] ?? '') : undefined;
    found.push({
      dev,
      address: own.address,
      length: far?.length ?? own.length,
      peer: far?.address ?? null,
      broadcast: undefined,
      scope: undefined,
      secondary: undefined,
      deprecated: undefined,
      label: undefined,
      origin,
    });
  }
  return found;
}

/** `ip -br link` and `ip -br addr`. */
export default defineFormat({
  id: 'ip-brief',
  is: '`ip -br link` and `ip -br addr`',
  tells: ['link', 'address'],
  recognise: (head) => (HEAD.test((linesOf(head).find((line) => line.trim() !== '') ?? '').slice(0, 1000)) ? 0.9 : 0),
  parse,
});
