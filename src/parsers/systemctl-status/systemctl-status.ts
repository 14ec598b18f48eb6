import type { FactOf } from '#facts/kinds';
import { defineFormat, lineOf, type Parsed, reading } from '../format.ts';
import { linesOf } from '../lines.ts';
import { type Process, processReadings, programOf } from '../process.ts';
import { redacted } from '../redaction.ts';

/** systemd before 209 draws no dot, and then always a dash. */
const TITLE = /^(?:[●○×*↻] ([\w@.:-]{1,256}\.(?:service|socket|target|timer|mount))(?: - .*)?|([\w@.:-]{1,256}\.service) - .*)$/;
const titled = (line: string): string | undefined =>
  TITLE.exec(line)
    ?.slice(1)
    .find((name) => name !== undefined);
const LOADED = /^ +Loaded: \w[\w-]* \([^;)]{1,4000}; ([\w-]+)/;
const ACTIVE = /^ +Active: ([\w-]+)/;
/** In the C locale the tree is drawn with `|-` and `` `- ``. */
const MEMBER = /^[ │|]*(?:[├└]─|[|`]-) ?(\d{1,10}) (\S.*)$/;
const NOT_FOUND = /^Unit \S{1,256} could not be found\.$/;

/** The words of a command line; systemd 249 and later put quotes around one that holds blanks. */
const argvOf = (text: string): readonly string[] =>
  (text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) => (/^".*"$/.test(word) ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word));

type Open = { -readonly [Name in keyof FactOf<'unit'>]: FactOf<'unit'>[Name] };

/** `systemctl status`: the state in words, and the processes of the unit's group. */
export default defineFormat({
  id: 'systemctl-status',
  is: 'the state of units as `systemctl status` shows it',
  tells: ['unit', 'process'],
  recognise: (head) =>
    (linesOf(head).some((line) => TITLE.test(line)) && /^ +Loaded: /m.test(head)) || NOT_FOUND.test(linesOf(head)[0] ?? '') ? 0.97 : 0,
  parse: (input): Parsed => {
    const units: Open[] = [];
    const processes: Process[] = [];
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.length > 8192) continue;
      const title = titled(line);
      const unit = units.at(-1);
      const member = MEMBER.exec(line);
      const origin = lineOf(input, index + 1);
      if (title !== undefined)
        units.push({ name: title, directives: undefined, active: undefined, enabled: undefined, activeSinceMs: undefined, origin });
      else if (unit === undefined) continue;
      else if (LOADED.test(line)) unit.enabled = LOADED.exec(line)?.[1];
      else if (ACTIVE.test(line)) unit.active = ACTIVE.exec(line)?.[1];
      else if (member?.[2] !== undefined) {
        const argv = redacted(argvOf(member[2].trim()));
        processes.push({ pid: Number(member[1]), name: programOf(argv[0] ?? ''), argv, startTicks: undefined, unit: unit.name, origin });
      }
    }
    const isAbsent = linesOf(input.text).some((line) => NOT_FOUND.test(line));
    const running = processes.length === 0 ? [] : processReadings(processes, [], []).readings;
    return {
      readings: [reading('unit', units, []), ...running],
      problems: units.length > 0 || isAbsent ? [] : [{ line: 1, why: 'no unit' }],
    };
  },
});
