import { defineFormat } from '../format.ts';
import { quoted, readLines, wholeNumber, wordsOf } from '../lines.ts';

/** /proc/net/snmp6: a name and a value per line. */
export default defineFormat({
  id: 'proc-snmp6',
  is: "the IPv6 stack's counters (/proc/net/snmp6)",
  tells: ['counter'],
  recognise: (head) =>
    /^Ip6InReceives[ \t]+\d+ *$/m.test(head) && !head.startsWith('#kernel') && !/^Ip6InReceives +\d+ +\d/m.test(head) ? 0.98 : 0,
  parse: (input) => {
    const { readings, problems } = readLines(input, 'counter', (line, origin) => {
      const [name, text] = wordsOf(line);
      const value = wholeNumber(text);
      return name === undefined || value === undefined ? `no counter: ${quoted(line)}` : { name, value, origin };
    });
    return { readings: readings.map((one) => ({ ...one, covers: one.covers === true ? ['snmp6'] : one.covers })), problems };
  },
});
