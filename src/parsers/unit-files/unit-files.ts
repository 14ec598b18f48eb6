import type { FactOf } from '#facts/kinds';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted } from '../lines.ts';
import { redacted, redactedText } from '../redaction.ts';

type Unit = FactOf<'unit'>;
type Open = { readonly name: string; readonly line: number; readonly directives: Map<string, string[]> };

/** `systemctl cat` writes the path of each file above it. */
const HEADER = /^# (\/\S{1,4000})$/;

/** What it writes of a unit that a link to /dev/null has put out of use: no file of it counts. */
const MASKED = /^# Unit (\S{1,256}) is masked\.$/m;

const UNIT = /([^/]+\.(?:service|socket|target|timer|mount|path|slice|scope|network|netdev))(?:\.d\/[^/]+\.conf)?$/;

/** The unit that a file belongs to: its own, or the one whose drop-in it is. */
export const unitOfPath = (path: string): string | undefined => UNIT.exec(path.slice(-4000))?.[1];

/** Environment values stay out, but for settings of flannel and Docker, which are no secrets. */
function environment(value: string): string {
  return value
    .split(/\s+/)
    .map((word) =>
      /^"?(?:FLANNEL|DOCKER_(?:OPT|NETWORK)|KUBELET_|GOTRACEBACK|ETCDCTL_API=)/.test(word)
        ? redactedText(word)
        : word.replace(/=.*$/, '=[redacted]'),
    )
    .join(' ');
}

const valueOfDirective = (name: string, value: string): string =>
  name === 'Environment' ? environment(value) : redacted(value.split(/\s+/)).map(redactedText).join(' ');

/** One directive into the unit: a list grows, an empty value empties it (systemd.syntax(7)). */
function put(unit: Open, section: string, name: string, value: string): void {
  const key = `${section}.${name}`;
  if (value === '') unit.directives.set(key, []);
  else unit.directives.set(key, [...(unit.directives.get(key) ?? []), valueOfDirective(name, value)]);
}

/** The logical lines: those that end in a backslash go on. */
function* logicalLines(input: Input): Generator<{ readonly text: string; readonly line: number }> {
  let open: string[] = [];
  let start = 0;
  for (const [index, line] of linesOf(input.text).entries()) {
    if (open.length > 0 && /^\s*[#;]/.test(line)) continue; // comments between continued lines are left out
    if (open.length === 0) start = index + 1;
    if (line.endsWith('\\') && !HEADER.test(line)) open.push(line.slice(0, -1));
    else {
      yield { text: [...open, line].join(' '), line: start };
      open = [];
    }
  }
  if (open.length > 0) yield { text: open.join(' '), line: start };
}

/** `systemctl cat` of several units, or one unit file. */
export default defineFormat({
  id: 'unit-files',
  is: 'unit files, alone or as `systemctl cat` shows them with their drop-ins',
  tells: ['unit'],
  recognise: (head) =>
    /^\[(?:Unit|Service|Install|Match|NetDev)\]\s*$/m.test(head) && /^[A-Z]\w+ *=/m.test(head)
      ? 0.96
      : /^No files found for \S+\.service\.$/m.test(head) || MASKED.test(head)
        ? 0.9
        : 0,
  parse: (input): Parsed => {
    const problems: Problem[] = [];
    const units = new Map<string, Open>();
    let section = '';
    let current: Open | undefined;
    const begin = (path: string, line: number): void => {
      const name = unitOfPath(path);
      section = '';
      current = name === undefined ? undefined : (units.get(name) ?? { name, line, directives: new Map() });
      if (current !== undefined) units.set(current.name, current);
    };
    for (const { text, line } of logicalLines(input)) {
      const trimmed = text.trim();
      const path = HEADER.exec(trimmed)?.[1];
      const masked = MASKED.exec(trimmed)?.[1];
      if (masked !== undefined) units.set(masked, { name: masked, line, directives: new Map() });
      if (path !== undefined && unitOfPath(path) !== undefined) begin(path, line);
      else if (trimmed === '' || /^[#;]/.test(trimmed) || trimmed.startsWith('No files found for ')) continue;
      else if (/^\[[\w-]{1,64}\]$/.test(trimmed)) section = trimmed.slice(1, -1);
      else {
        if (units.size === 0) begin(input.argv[1] ?? input.file, line);
        const equals = trimmed.indexOf('=');
        if (current === undefined) problems.push({ line, why: 'the text does not tell the name of this unit' });
        else if (equals < 1 || section === '') problems.push({ line, why: `no directive: ${quoted(trimmed)}` });
        else put(current, section, trimmed.slice(0, equals).trim(), trimmed.slice(equals + 1).trim());
      }
    }
    const facts = [...units.values()].map(({ name, line, directives }): Unit => {
      return { name, directives, active: undefined, enabled: undefined, activeSinceMs: undefined, origin: lineOf(input, line) };
    });
    // the collector asks for all units that matter; whoever asks by hand asks for some
    return { readings: [reading('unit', facts, input.argv.length === 2 || input.clock === undefined ? [] : coverageOf(input))], problems };
  },
});
