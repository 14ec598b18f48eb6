import type { FactOf } from '#facts/kinds';
import { entryOf } from '#net/entry';
import { defineFormat, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { linesOf, quoted } from '../lines.ts';
import { SENTENCES } from './sentences.ts';

const SECTION = /^(Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite|TcpExt|IpExt|MPTcpExt|Ip6|Icmp6|Udp6|UdpLite6):$/;

/** Titles within the Icmp sections: the same sentences follow in both. */
const DIRECTIONS: Readonly<Record<string, string>> = { 'ICMP input histogram:': '-in', 'ICMP output histogram:': '-out' };

/** The counter that a line tells: by its sentence, else by its own name (`TCPSynRetrans: 5`). */
function counterOf(section: string, direction: string, text: string): { readonly name: string; readonly value: number } | undefined {
  const digits = /\d{1,20}/.exec(text);
  if (digits === null) return undefined;
  const value = Number(digits[0]);
  const sentence = `${text.slice(0, digits.index)}#${text.slice(digits.index + digits[0].length)}`;
  for (const group of [`${section}${direction}`, section]) {
    const name = entryOf(entryOf(SENTENCES, group) ?? {}, sentence);
    if (name !== undefined) return { name, value };
  }
  const plain = /^([A-Za-z]\w{0,63}): (\d{1,20})$/.exec(text);
  if (plain?.[1] === undefined) return undefined;
  return { name: plain[1].startsWith(section) && section.endsWith('6') ? plain[1] : `${section}${plain[1]}`, value: Number(plain[2]) };
}

/** `netstat -s` and `-s6`: sentences. Most counters that are 0 are left out, so what is missing is not told. */
export default defineFormat({
  id: 'netstat-s',
  is: "the network stack's counters in words (`netstat -s`)",
  tells: ['counter'],
  recognise: (head) =>
    linesOf(head).some((line) => SECTION.test(line)) && /^ {4}\d+ (?:total|active|incoming|ICMP|packets) /m.test(head) ? 0.97 : 0,
  parse: (input): Parsed => {
    const facts: FactOf<'counter'>[] = [];
    const problems: Problem[] = [];
    let section = '';
    let direction = '';
    for (const [index, line] of linesOf(input.text).entries()) {
      const text = line.trim();
      const title = SECTION.exec(line)?.[1];
      if (title !== undefined) [section, direction] = [title, ''];
      else if (Object.hasOwn(DIRECTIONS, text)) direction = entryOf(DIRECTIONS, text) ?? '';
      else if (text === '' || line.startsWith('#') || /^(?:Forwarding|Default TTL|RTO algorithm)\b/.test(text)) continue;
      else {
        const counter = section === '' || text.length > 400 ? undefined : counterOf(section, direction, text);
        if (counter === undefined) problems.push({ line: index + 1, why: `no counter: ${quoted(text)}` });
        else facts.push({ ...counter, origin: lineOf(input, index + 1) });
      }
    }
    return { readings: [reading('counter', facts, [])], problems };
  },
});
