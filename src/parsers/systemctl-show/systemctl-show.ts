import type { FactOf } from '#facts/kinds';
import { defineFormat, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted, wholeNumber } from '../lines.ts';

type Properties = { readonly line: number; readonly values: Map<string, string> };

const TELLING = new Set(['Id', 'LoadState', 'ActiveState', 'UnitFileState', 'ActiveEnterTimestampMonotonic']);

/** Without `-p` the properties of the unit's type come first, and the common ones long after them. */
const OF_TYPE = /^(?:(?:Restart|Timeout|TimeoutStart|TimeoutStop)USec|BindIPv6Only)=/m;

/** A line of another text, such as a unit file's section, is among the first ones. */
const isAllProperties = (head: string): boolean =>
  linesOf(head)
    .slice(0, 20)
    .every((line) => /^[A-Z]\w{0,100}=/.test(line));

/** `systemctl show`: a block of `Name=Value` lines per unit. A unit that is not there (`LoadState=not-found`) is no fact. */
export default defineFormat({
  id: 'systemctl-show',
  is: 'the state of units (`systemctl show`)',
  tells: ['unit'],
  recognise: (head) =>
    (/^(?:Id|ActiveState|SubState|LoadState|UnitFileState)=[\w@.-]+$/m.test(head) && /^ActiveState=\w/m.test(head)) ||
    (OF_TYPE.test(head) && isAllProperties(head))
      ? 0.97
      : 0,
  parse: (input): Parsed => {
    const problems: Problem[] = [];
    const blocks: Properties[] = [];
    let open: Properties | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      const equals = line.indexOf('=');
      if (line.trim() === '') open = undefined;
      else if (line.startsWith('#')) continue;
      else if (equals < 1) problems.push({ line: index + 1, why: `no property: ${quoted(line)}` });
      else {
        if (open === undefined) blocks.push((open = { line: index + 1, values: new Map() }));
        const name = line.slice(0, equals);
        if (TELLING.has(name)) open.values.set(name, line.slice(equals + 1));
      }
    }
    const facts = blocks.flatMap(({ line, values }): FactOf<'unit'>[] => {
      const name = values.get('Id') ?? input.argv.find((word) => /\.service$/.test(word));
      if (name === undefined || values.get('LoadState') === 'not-found') return [];
      const since = wholeNumber(values.get('ActiveEnterTimestampMonotonic'));
      return [
        {
          name,
          directives: undefined,
          active: values.get('ActiveState'),
          enabled: values.get('UnitFileState'),
          activeSinceMs: since === 0 ? null : since === undefined ? undefined : since / 1000,
          origin: lineOf(input, line),
        },
      ];
    });
    // the collector asks for all units that matter; whoever asks by hand asks for some
    return { readings: [reading('unit', facts, input.clock === undefined ? [] : coverageOf(input))], problems };
  },
});
