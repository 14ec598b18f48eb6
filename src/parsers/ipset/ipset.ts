import { defineFormat, type Input, type Parsed, reading } from '../format.ts';
import { coverageOf } from '../lines.ts';
import { readList } from './list.ts';
import { readSave } from './save.ts';

const isXml = (text: string): boolean => /^\s*<(?:\?xml|ipsets)\b/.test(text.slice(0, 200));

function parse(input: Input): Parsed {
  if (isXml(input.text))
    return { readings: [], problems: [{ line: 1, why: 'the XML form of ipset list is not read: capture `ipset save`' }] };
  const { sets, problems } = /^Name: /m.test(input.text.slice(0, 4096)) ? readList(input) : readSave(input);
  // what was listed by name, or not understood, leaves room for other sets
  const named = input.argv.filter((word) => !word.startsWith('-')).length > 2;
  return { readings: [reading('ipset', sets, problems.length > 0 || named ? [] : coverageOf(input))], problems };
}

/** The sets that iptables rules name. */
export default defineFormat({
  id: 'ipset',
  is: 'the sets that iptables rules name (`ipset save`, `ipset list`)',
  tells: ['ipset'],
  recognise: (head) =>
    /^create \S{1,64} (?:hash|bitmap|list):/.test(head) || /^Name: \S+\nType: (?:hash|bitmap|list):/.test(head) || /^<ipsets>/.test(head)
      ? 1
      : 0,
  parse,
});
