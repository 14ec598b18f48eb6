import type { FactOf } from '#facts/kinds';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted } from '../lines.ts';
import { sysctlName } from '../sysctl-name.ts';

type SysctlFile = FactOf<'sysctl-file'>;
type Setting = SysctlFile['settings'][number];

/** How a text that holds several files names the next one: `tail -n +1`, `systemd-analyze cat-config`, `sysctl --system`. */
const FILE_HEADER = /^(?:==> (\/\S+) <==|# (\/\S+\.conf)|\* Applying (\/\S+) ?\.\.\.)\s*$/;

const SECRET = /(stable_secret|tcp_fastopen_key|password|token)/;

/** The path of a file that was read alone. */
const pathOf = (input: Input): string => input.argv.slice(1).find((word) => word.startsWith('/')) ?? input.file;

function settingOf(line: string, at: number): Setting | string | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#') || text.startsWith(';')) return undefined;
  const optional = text.startsWith('-');
  const assignment = optional ? text.slice(1).trim() : text;
  const equals = assignment.indexOf('=');
  if (equals < 1) {
    // sysctl.d(5): `-name` alone takes names that a glob matches out again
    return optional && assignment !== '' ? { name: sysctlName(assignment), value: '', line: at, optional } : `no setting: ${quoted(line)}`;
  }
  const name = sysctlName(assignment.slice(0, equals).trim());
  const value = assignment.slice(equals + 1).trim();
  return SECRET.test(name) ? undefined : { name, value: value.replace(/\s+/g, ' '), line: at, optional };
}

/** The files that boot loads settings from, alone or several in one text under their paths. */
export default defineFormat({
  id: 'sysctl-files',
  is: 'files that boot loads kernel settings from (sysctl.conf, sysctl.d)',
  tells: ['sysctl-file'],
  recognise: (head) => {
    const lines = linesOf(head).filter((line) => line.trim() !== '');
    if (lines.some((line) => /^(?:==> |# |\* Applying )\/\S*sysctl\S*/.test(line))) return 0.95;
    const told = lines.filter((line) => !/^\s*[#;]/.test(line));
    const hits = told.filter((line) => /^\s*-?(?:fs|kernel|net|vm)[./][\w.*/-]+\s*=/.test(line));
    // `sysctl -a` always has blanks around the sign, and no comments
    const plain = hits.filter((line) => /^\S+ = /.test(line)).length === told.length && told.length === lines.length;
    return told.length === 0 ? 0 : ((plain ? 0.4 : 0.85) * hits.length) / told.length;
  },
  parse: (input): Parsed => {
    const problems: Problem[] = [];
    const files: SysctlFile[] = [];
    let settings: Setting[] = [];
    const begin = (path: string, line: number): void => {
      settings = [];
      files.push({ path, settings, origin: lineOf(input, line) });
    };
    for (const [index, line] of linesOf(input.text).entries()) {
      const header = FILE_HEADER.exec(line);
      const path = header?.[1] ?? header?.[2] ?? header?.[3];
      if (path !== undefined) {
        begin(path, index + 1);
        continue;
      }
      const setting = settingOf(line, index + 1);
      if (typeof setting === 'string') problems.push({ line: index + 1, why: setting });
      else if (setting !== undefined) {
        if (files.length === 0) begin(pathOf(input), 1);
        settings.push(setting);
      }
    }
    const several = files.length > 1 || FILE_HEADER.test(input.text.slice(0, input.text.indexOf('\n') + 1));
    if (files.length === 0 && input.argv[0] === 'cat' && input.argv.length === 2 && input.exit === 0) begin(pathOf(input), 1);
    return { readings: [reading('sysctl-file', files, several ? coverageOf(input) : [])], problems };
  },
});
