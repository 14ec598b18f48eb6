import type { FactOf } from '#facts/kinds';
import { parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import type { Origin } from '#snapshot/origin';
import { defineFormat, type Input, type Parsed, reading } from '../format.ts';
import { linesOf, quoted, readLines, wordsOf } from '../lines.ts';
import { arpEntry } from './arp-entry.ts';

const BSD = /^\S{1,255} \(([0-9.]{7,15})\) at (\S{1,40})(.{0,60}?) on (\S{1,40})\s*$/;
const HEAD = /^Address\s+HWtype\s+HWaddress\s+Flags Mask\s+Iface/;
const CLOSING = /^Entries: \d/;

function rowOf(line: string, origin: Origin): FactOf<'neighbour'> | undefined {
  const words = wordsOf(line);
  const address = parseIp(words[0] ?? '');
  const dev = words.at(-1);
  if (address === undefined || dev === undefined || words.length < 3) return undefined;
  if (words[1] === '(incomplete)') return arpEntry(dev, address, undefined, { permanent: false, proxy: false }, origin);
  const flags = words[3] ?? '';
  const mac = parseMac(words[2] ?? '');
  if (words.length < 5 || (mac === undefined && words[2] !== '<from_interface>' && words[2] !== '*')) return undefined;
  return arpEntry(dev, address, mac, { permanent: flags.includes('M'), proxy: flags.includes('P') }, origin);
}

function lineOfBsd(found: RegExpExecArray, origin: Origin): FactOf<'neighbour'> | undefined {
  const address = parseIp(found[1] ?? '');
  const [, , mac = '', rest = '', dev = ''] = found;
  if (address === undefined) return undefined;
  return arpEntry(dev, address, parseMac(mac), { permanent: rest.includes('PERM'), proxy: rest.includes('PUB') }, origin);
}

function parse(input: Input): Parsed {
  const parsed = readLines(input, 'neighbour', (line, origin) => {
    if (line.length > 500) return `not an entry: ${quoted(line)}`;
    if (HEAD.test(line) || CLOSING.test(line)) return undefined;
    const bsd = BSD.exec(line);
    const entry = bsd === null ? rowOf(line, origin) : lineOfBsd(bsd, origin);
    return entry ?? `not an entry: ${quoted(line)}`;
  });
  // one family only, and a device or address may have been asked for
  const narrowed = input.argv.some((word, at) => at > 0 && (/^-\w*i/.test(word) || parseIp(word) !== undefined));
  return narrowed ? { ...parsed, readings: [reading('neighbour', (parsed.readings[0]?.facts ?? []) as never, [])] } : parsed;
}

/** `arp -an` and `arp -n` of net-tools and busybox. */
export default defineFormat({
  id: 'arp',
  is: '`arp -an` and `arp -n` of net-tools and busybox',
  tells: ['neighbour'],
  recognise: (head) => {
    const first = (linesOf(head).find((line) => line.trim() !== '') ?? '').slice(0, 500);
    return HEAD.test(first) || BSD.test(first) ? 1 : 0;
  },
  parse,
});
