import { assignmentsOf } from '../assignments.ts';
import { defineFormat, lineOf, reading } from '../format.ts';

/** /etc/os-release: the pretty name of what is installed. */
export default defineFormat({
  id: 'os-release',
  is: 'what is installed on a machine (/etc/os-release)',
  tells: ['host'],
  recognise: (head) => (/^PRETTY_NAME=/m.test(head) && /^ID=/m.test(head) ? 0.98 : 0),
  parse: (input) => {
    const name = assignmentsOf(input.text).assignments.find((one) => one.name === 'PRETTY_NAME');
    if (name === undefined) return { readings: [], problems: [{ line: 1, why: 'no PRETTY_NAME' }] };
    const rest = { hostname: undefined, kernel: undefined, machineId: undefined, bootId: undefined };
    return { readings: [reading('host', [{ ...rest, os: name.value, origin: lineOf(input, name.line) }])], problems: [] };
  },
});
