import { defineFormat, lineOf, reading } from '../format.ts';
import { linesOf, wordsOf } from '../lines.ts';

const UNAME = /^Linux (\S{1,253}) (\d+\.\d+\S*) /;

/** `uname -a`. */
export default defineFormat({
  id: 'uname',
  is: 'the name and kernel of a machine (`uname -a`)',
  tells: ['host'],
  recognise: (head) => (UNAME.test(head) ? 0.97 : 0),
  parse: (input) => {
    const at = linesOf(input.text).findIndex((line) => UNAME.test(line));
    const [, hostname, kernel] = wordsOf(linesOf(input.text)[at] ?? '');
    if (hostname === undefined) return { readings: [], problems: [{ line: 1, why: 'no line of `uname -a`' }] };
    const fact = { hostname, kernel, machineId: undefined, bootId: undefined, os: undefined, origin: lineOf(input, at + 1) };
    return { readings: [reading('host', [fact])], problems: [] };
  },
});
