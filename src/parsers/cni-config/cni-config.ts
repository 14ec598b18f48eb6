import type { CniConfig } from '#facts/cni-config/cni-config';
import { member, readJson, textAt } from '../document.ts';
import { defineFormat, type Input, lineOf, type Parsed, reading } from '../format.ts';

const typeOf = (plugin: unknown): readonly string[] => {
  const type = textAt(plugin, 'type');
  return type === undefined ? [] : [type];
};

function parse(input: Input): Parsed {
  const read = readJson(input.text);
  if (!('value' in read)) return { readings: [], problems: [{ line: 1, why: read.why }] };
  const plugins = member(read.value, 'plugins');
  const path = input.argv[1] ?? input.file;
  const fact: CniConfig = {
    path,
    name: textAt(read.value, 'name'),
    types: Array.isArray(plugins) ? plugins.flatMap(typeOf) : typeOf(read.value),
    origin: lineOf(input, 1),
  };
  return { readings: [reading('cni-config', [fact], [path])], problems: fact.types.length === 0 ? [{ line: 1, why: 'no plugin' }] : [] };
}

/** A CNI configuration or list of plugins: of its content only names and types are used. */
export default defineFormat({
  id: 'cni-config',
  is: 'a CNI configuration (/etc/cni/net.d)',
  tells: ['cni-config'],
  recognise: (head) =>
    head.trimStart().startsWith('{') && /"cniVersion"\s*:/.test(head) && /"(?:plugins|type)"\s*:/.test(head) ? 0.95 : 0,
  parse,
});
