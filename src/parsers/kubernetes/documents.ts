import { type Document, readJson, readYaml } from '../document.ts';

const looksJson = (text: string): boolean => /^\s*(?:#[^\n]*\n\s*)*[{[]/.test(text.slice(0, 4096));

/** The documents of a text, also those that `>>` put one behind the other: JSON, or YAML without a line between them. */
export function documentsIn(text: string): readonly Document[] {
  if (!looksJson(text))
    return text
      .split(/^(?=---(?:\s|$))/m)
      .flatMap(appended)
      .flatMap(readYaml);
  const whole = readJson(text);
  return 'value' in whole ? [whole] : text.split(/\n(?=\{)/).map(readJson);
}

/** One YAML document, or several: no name stands twice in one. */
function appended(text: string): readonly string[] {
  const [first = '', ...rest] = text.split(/^(?=apiVersion:)/m);
  // what stands before the first name is its own
  const [second = '', ...more] = rest;
  return first.startsWith('apiVersion:') ? [first, ...rest] : [first + second, ...more];
}
