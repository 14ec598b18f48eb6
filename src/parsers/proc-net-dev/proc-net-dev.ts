import { defineFormat } from '../format.ts';
import { NOTHING } from '../ip-link/counter-rows.ts';
import { quoted, readLines, wholeNumber, wordsOf } from '../lines.ts';

const HEAD = /^Inter-\|\s+Receive\s+\|\s+Transmit/;

/** /proc/net/dev: counters of every device. What it calls dropped counts missed frames too (dev_seq_printf_stats). */
export default defineFormat({
  id: 'proc-net-dev',
  is: '/proc/net/dev: counters of every device',
  tells: ['link-counters'],
  recognise: (head) => (HEAD.test(head.trimStart()) ? 1 : 0),
  parse: (input) =>
    readLines(input, 'link-counters', (line, origin) => {
      if (HEAD.test(line) || /^\s*face \|/.test(line)) return undefined;
      const colon = line.lastIndexOf(':');
      const name = line.slice(0, colon).trim();
      const numbers = wordsOf(line.slice(colon + 1)).map(wholeNumber);
      if (colon < 1 || name === '' || numbers.length < 16 || numbers.includes(undefined)) return `not a device: ${quoted(line)}`;
      const [rxBytes, rxPackets, rxErrors, rxDropped, , , , , txBytes, txPackets, txErrors, txDropped] = numbers;
      return { ...NOTHING, name, rxBytes, rxPackets, rxErrors, rxDropped, txBytes, txPackets, txErrors, txDropped, origin };
    }),
});
