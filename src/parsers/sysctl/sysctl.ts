import type { FactOf } from '#facts/kinds';
import { entryOf } from '#net/entry';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import sysctlFiles from '../sysctl-files/sysctl-files.ts';
import { sysctlName } from '../sysctl-name.ts';
import { coverageOf, linesOf, quoted, wholeNumber } from '../lines.ts';

type Sysctl = FactOf<'sysctl'>;

/** Settings that are secrets of the host: never taken into facts. */
const SECRET = /(^|\.)(tcp_fastopen_key|stable_secret|seed|[a-z_]*(secret|password|token)[a-z_]*)$/;

/** Limits of the connection table are counters too: their names there. */
const LIMITS: Readonly<Record<string, string>> = {
  'net.netfilter.nf_conntrack_count': 'conntrack.count',
  'net.netfilter.nf_conntrack_max': 'conntrack.max',
};

const settingText = (text: string): string => text.trim().replace(/\s+/g, ' ');

const DENIED = /^(?:sysctl|cat): .*(?:permission denied|cannot stat|reading key|error|No such file|unknown key)/i;

/** Such a line names what it is that was not read. */
const UNREAD = 'could not be read';

const SETTING = /^(?:\/proc\/sys\/)?(?:abi|debug|dev|fs|kernel|net|user|vm)[./][\w./@:%+-]+ ?= ?/;

/** A single file below /proc/sys that was read alone. */
function fromOneFile(input: Input): Sysctl[] | undefined {
  const [program, path, ...more] = input.argv[0] === 'sudo' ? input.argv.slice(1) : input.argv;
  if (program !== 'cat' || path?.startsWith('/proc/sys/') !== true || more.length > 0 || input.text.includes(' = ')) return undefined;
  return [{ name: sysctlName(path), value: settingText(input.text), origin: lineOf(input, 1) }];
}

/** `sysctl -a` (procps and busybox), and /proc/sys written out as `path=value` lines. */
export default defineFormat({
  id: 'sysctl',
  is: 'kernel settings as `sysctl -a` prints them, or /proc/sys written out line by line',
  tells: ['sysctl', 'counter'],
  recognise: (head) => {
    const lines = linesOf(head).slice(0, 20);
    const hits = lines.filter((line) => SETTING.test(line));
    // without blanks around the sign it is a file, or /proc/sys written out
    const printed = hits.some((line) => line.includes(' = ') || line.startsWith('/proc/sys/'));
    return lines.length === 0 ? 0 : ((printed ? 0.9 : 0.5) * hits.length) / lines.length;
  },
  parse: (input): Parsed => {
    // what was read out of a file is not in force
    if ((input.argv[0] === 'cat' ? (input.argv[1] ?? '') : input.file).endsWith('.conf')) return sysctlFiles.parse(input);
    const problems: Problem[] = [];
    const byName = new Map<string, Sysctl>();
    for (const fact of fromOneFile(input) ?? fromLines(input, problems)) {
      const before = byName.get(fact.name);
      // a value of several lines is printed as several lines of one name
      byName.set(fact.name, before === undefined ? fact : { ...before, value: `${before.value}\n${fact.value}` });
    }
    const facts = [...byName.values()].filter(({ name }) => !SECRET.test(name));
    const counters = facts.flatMap(({ name, value, origin }) => {
      const counted = wholeNumber(value);
      const limit = entryOf(LIMITS, name);
      return limit === undefined || counted === undefined ? [] : [{ name: limit, value: counted, origin }];
    });
    const isLost = problems.some(({ why }) => !why.startsWith(UNREAD));
    const whole = isLost || input.argv[0] === 'cat' || !input.text.includes('net.') ? [] : coverageOf(input);
    const limits = counters.length === 0 ? [] : [reading('counter', counters, [])];
    return { readings: [reading('sysctl', facts, whole), ...limits], problems };
  },
});

function* fromLines(input: Input, problems: Problem[]): Generator<Sysctl> {
  for (const [index, line] of linesOf(input.text).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const name = sysctlName(line.slice(0, Math.max(0, equals)).trim());
    if (equals > 0 && /^[\w./@:%+-]+$/.test(name)) {
      yield { name, value: settingText(line.slice(equals + 1)), origin: lineOf(input, index + 1) };
    } else {
      problems.push({ line: index + 1, why: DENIED.test(line) ? `${UNREAD}: ${quoted(line)}` : `no setting: ${quoted(line)}` });
    }
  }
}
