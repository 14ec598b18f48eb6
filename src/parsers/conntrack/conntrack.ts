import type { FactOf } from '#facts/kinds';
import { parseIp } from '#net/ip';
import { defineFormat } from '../format.ts';
import { portNumber, quoted, readLines, wholeNumber, wordsOf } from '../lines.ts';

type Conntrack = FactOf<'conntrack'>;
type Tuple = Conntrack['original'];

/** The values of one direction's `name=value` words. */
type Values = Map<string, string>;

function tupleOf(values: Values | undefined): Tuple | undefined {
  const source = parseIp(values?.get('src') ?? '');
  const destination = parseIp(values?.get('dst') ?? '');
  if (values === undefined || source === undefined || destination === undefined) return undefined;
  const type = wholeNumber(values.get('type'));
  const code = wholeNumber(values.get('code'));
  const id = wholeNumber(values.get('id'));
  return {
    source,
    destination,
    sourcePort: portNumber(values.get('sport')) ?? null,
    destinationPort: portNumber(values.get('dport')) ?? null,
    icmp: type === undefined || code === undefined || id === undefined ? null : { type, code, id },
  };
}

/** The `name=value` words by direction; what is said of the entry as a whole comes last. */
function directionsOf(words: readonly string[]): { readonly tuples: Values[]; readonly whole: Values } {
  const tuples: Values[] = [];
  const whole: Values = new Map();
  const ofTuple = new Set(['src', 'dst', 'sport', 'dport', 'type', 'code']);
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 1) continue;
    const name = word.slice(0, equals);
    if (name === 'src') tuples.push(new Map());
    const own = tuples.at(-1);
    const icmpId = name === 'id' && own?.has('code') === true && !own.has('id');
    const into = own !== undefined && (ofTuple.has(name) || icmpId) ? own : whole;
    into.set(name, word.slice(equals + 1));
  }
  return { tuples, whole };
}

function entryOf(line: string): Omit<Conntrack, 'origin'> | string {
  const words = wordsOf(line);
  // `-o extended` and /proc/net/nf_conntrack begin with the family and its number
  const start = words[0] === 'ipv4' || words[0] === 'ipv6' ? 2 : 0;
  const protocol = words[start];
  const protocolNumber = wholeNumber(words[start + 1]);
  if (protocol === undefined || protocolNumber === undefined || protocolNumber > 255) return `no connection: ${quoted(line)}`;
  const timeout = wholeNumber(words[start + 2]);
  const stateAt = start + (timeout === undefined ? 2 : 3);
  const state = words[stateAt] ?? '';
  const { tuples, whole } = directionsOf(words.slice(start + 2));
  const [original, reply] = [tupleOf(tuples[0]), tupleOf(tuples[1])];
  if (original === undefined || reply === undefined) return `a direction of the connection is missing: ${quoted(line)}`;
  const zone = whole.get('zone');
  return {
    protocol,
    protocolNumber,
    timeoutSeconds: timeout ?? null, // an offloaded entry has none
    state: /^[A-Z][A-Z0-9_]*$/.test(state) ? state : null,
    original,
    reply,
    unreplied: words.includes('[UNREPLIED]'),
    assured: words.includes('[ASSURED]'),
    ...(words.includes('[OFFLOAD]') || words.includes('[HW_OFFLOAD]') ? { offloaded: true as const } : {}),
    mark: wholeNumber(whole.get('mark')),
    zone: zoneOf(zone),
    ...directedZones(whole),
  };
}

/** `conntrack -L` leaves the zone out when it is 0; /proc/net/nf_conntrack writes `zone=0`. Both mean the default zone. */
const zoneOf = (text: string | undefined): number | null => (text === undefined || text === '0' ? null : (wholeNumber(text) ?? null));

/** A zone of one direction only: `zone-orig=3`, `zone-reply=4`. */
function directedZones(whole: Values): Pick<Conntrack, 'zoneOriginal' | 'zoneReply'> {
  const original = wholeNumber(whole.get('zone-orig'));
  const reply = wholeNumber(whole.get('zone-reply'));
  return { ...(original === undefined ? {} : { zoneOriginal: original }), ...(reply === undefined ? {} : { zoneReply: reply }) };
}

const SUMMARY = /conntrack v[\d.]{1,12} \(conntrack-tools\): \d{1,10} flow entries have been shown\.$/;

/** The connection table, from conntrack-tools in any of its text outputs and from /proc. */
export default defineFormat({
  id: 'conntrack',
  is: 'the connection table (`conntrack -L`, also `-o extended`; /proc/net/nf_conntrack)',
  tells: ['conntrack'],
  recognise: (head) =>
    /^(?:ipv[46] +\d+ )?(?:tcp|udp|udplite|icmp|icmpv6|sctp|dccp|gre|unknown) +\d+ .*\bsrc=\S+ dst=/m.test(head)
      ? 0.98
      : /^conntrack v[\d.]+ \(conntrack-tools\): \d+ flow entries have been shown/m.test(head)
        ? 0.9
        : 0,
  parse: (input) => {
    let cut = '';
    return readLines(input, 'conntrack', (line, origin) => {
      const summary = SUMMARY.exec(line);
      if (summary !== null) {
        // written to stderr, it may stand within a row when both streams went into one file
        cut = line.slice(0, summary.index);
        return undefined;
      }
      const entry = entryOf(cut + line);
      cut = '';
      return typeof entry === 'string' ? entry : { ...entry, origin };
    });
  },
});
