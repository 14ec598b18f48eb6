import { parseIp } from '#net/ip';
import { defineFormat } from '../format.ts';
import { linesOf, quoted, readLines, wordsOf } from '../lines.ts';

/** Whether a line is an address and at least one name. */
function isEntry(line: string): boolean {
  const [address = '', ...names] = wordsOf(line.split('#', 1)[0] ?? '');
  return (
    parseIp(address.split('%', 1)[0] ?? '') !== undefined &&
    names.length > 0 &&
    names.every((name) => /^[A-Za-z0-9][\w.-]*$/.test(name) && /[A-Za-z]/.test(name))
  );
}

/** /etc/hosts. */
export default defineFormat({
  id: 'hosts',
  is: 'a hosts file',
  tells: ['hosts'],
  recognise: (head) => {
    const lines = linesOf(head).filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const hits = lines.filter((line) => line.length < 400 && isEntry(line));
    const local = lines.some((line) => /^(?:127\.0\.0\.1|::1)\s+\S*local/.test(line));
    return lines.length === 0 ? 0 : ((local ? 0.95 : 0.5) * hits.length) / lines.length;
  },
  parse: (input) =>
    readLines(input, 'hosts', (line, origin) => {
      const [text = '', ...names] = wordsOf(line.split('#', 1)[0] ?? '');
      if (text === '') return undefined;
      const address = parseIp(text.split('%', 1)[0] ?? '');
      return address === undefined || names.length === 0 ? `no address with names: ${quoted(line)}` : { address, names, origin };
    }),
});
