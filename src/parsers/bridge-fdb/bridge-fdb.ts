import { parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import { defineFormat, type Input, type Parsed, reading } from '../format.ts';
import { linesOf, quoted, readLines, wholeNumber, wordsOf } from '../lines.ts';
import { deviceAsked, type Fdb, fdbCoverage, ofNoDevice, stateOf } from './fdb-words.ts';

const VALUED = new Set(['dev', 'dst', 'vlan', 'port', 'vni', 'src_vni', 'via', 'master', 'used', 'link-netnsid', 'nhid', 'activity']);
const STATES = new Set(['permanent', 'static', 'stale']);
const HEAD = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5} (?:dev \S{1,40}|(?:vlan|master|dst|self|sticky|extern_learn) ?)/;

function entryOf(words: readonly string[], device: string | undefined): Omit<Fdb, 'origin'> | undefined {
  const mac = parseMac(words[0] ?? '');
  const told = new Map<string, string>();
  const flags = new Set<string>();
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (VALUED.has(word)) told.set(word, words[++at] ?? '');
    else flags.add(word);
  }
  const dev = told.get('dev') ?? device;
  if (mac === undefined || dev === undefined) return undefined;
  const master = told.get('master') ?? null;
  return {
    dev,
    mac,
    dst: parseIp(told.get('dst') ?? '') ?? null,
    vlan: wholeNumber(told.get('vlan')) ?? null,
    vni: wholeNumber(told.get('vni')) ?? null,
    port: wholeNumber(told.get('port')) ?? null,
    via: told.get('via') ?? null,
    master,
    self: flags.has('self'),
    ...stateOf(
      [...flags].find((flag) => STATES.has(flag)),
      master,
    ),
  };
}

function parse(input: Input): Parsed {
  const device = deviceAsked(input);
  const parsed = readLines(input, 'fdb', (line, origin) => {
    const entry = entryOf(wordsOf(line), device);
    if (entry !== undefined) return { ...entry, origin };
    const isRow = parseMac(wordsOf(line)[0] ?? '') !== undefined;
    return isRow ? ofNoDevice(quoted(line)) : `not an entry of a forwarding database: ${quoted(line)}`;
  });
  const entries = (parsed.readings[0]?.facts ?? []) as readonly Fdb[];
  return { readings: [reading('fdb', entries, fdbCoverage(input, entries, parsed.problems))], problems: parsed.problems };
}

/** Text of `bridge fdb`. */
export default defineFormat({
  id: 'bridge-fdb',
  is: 'text of `bridge fdb`, also with -d and -s',
  tells: ['fdb'],
  recognise: (head) => (HEAD.test((linesOf(head).find((line) => line.trim() !== '') ?? '').slice(0, 300)) ? 1 : 0),
  parse,
});
