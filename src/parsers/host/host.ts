import { defineFormat, lineOf, reading } from '../format.ts';
import { linesOf, quoted } from '../lines.ts';

const NAMES = ['hostname', 'kernel', 'machine-id', 'boot-id', 'os'] as const;

const isName = (text: string): text is (typeof NAMES)[number] => (NAMES as readonly string[]).includes(text);

/** What the collector writes of the machine: a name and the rest of the line. */
export default defineFormat({
  id: 'host',
  is: 'what a machine says of itself, as the collector writes it',
  tells: ['host'],
  recognise: (head) => (/^hostname \S+\nkernel \S/m.test(head) ? 0.98 : 0),
  parse: (input) => {
    const values = new Map<string, string>();
    const problems: { line: number; why: string }[] = [];
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const blank = line.indexOf(' ');
      const name = line.slice(0, Math.max(0, blank));
      if (isName(name)) values.set(name, line.slice(blank + 1).trim());
      else problems.push({ line: index + 1, why: `not of a machine: ${quoted(line)}` });
    }
    const fact = {
      hostname: values.get('hostname'),
      kernel: values.get('kernel'),
      machineId: values.get('machine-id'),
      bootId: values.get('boot-id'),
      os: values.get('os'),
      origin: lineOf(input, 1),
    };
    return { readings: [reading('host', values.size === 0 ? [] : [fact])], problems };
  },
});
