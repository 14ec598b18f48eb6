import type { FactOf } from '#facts/kinds';
import { defineFormat, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted, wordsOf } from '../lines.ts';

const PAIR = /^(Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite|TcpExt|IpExt|MPTcpExt): /;

/** /proc/net/snmp and /proc/net/netstat: a line of names, then a line of values, each beginning with its group. */
export default defineFormat({
  id: 'proc-snmp',
  is: "the network stack's counters (/proc/net/snmp, /proc/net/netstat)",
  tells: ['counter'],
  recognise: (head) => (/^(?:Ip|TcpExt): [A-Z]\w+ \w+.*\n(?:Ip|TcpExt): -?\d+ /m.test(head) || /^Ip: Forwarding /m.test(head) ? 0.99 : 0),
  parse: (input): Parsed => {
    const facts: FactOf<'counter'>[] = [];
    const problems: Problem[] = [];
    let names: readonly string[] | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const words = wordsOf(line);
      if (!PAIR.test(line)) problems.push({ line: index + 1, why: `no counters: ${quoted(line)}` });
      else if (names === undefined || names[0] !== words[0]) names = words;
      else {
        const group = (words[0] ?? '').slice(0, -1);
        if (words.length !== names.length) problems.push({ line: index + 1, why: `${names.length} names, but ${words.length} values` });
        for (const [at, word] of words.entries()) {
          const name = names[at];
          if (at > 0 && name !== undefined && /^-?\d{1,20}$/.test(word)) {
            facts.push({ name: group + name, value: Number(word), origin: lineOf(input, index + 1) });
          } else if (at > 0 && name !== undefined) problems.push({ line: index + 1, why: `no number: ${quoted(word)}` });
        }
        names = undefined;
      }
    }
    const isWhole = coverageOf(input) === true && problems.length === 0;
    return { readings: [reading('counter', facts, isWhole ? [...new Set(facts.map(groupOf))] : [])], problems };
  },
});

/** The part of a reading that a counter belongs to: all MIB groups together, as every form that tells one tells many. */
const groupOf = ({ name }: FactOf<'counter'>): string => (/^(?:TcpExt|IpExt|MPTcpExt)/.test(name) ? 'netstat' : 'snmp');
