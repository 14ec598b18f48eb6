import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { endOfString, MAX_YAML } from './document.ts';

/** What leads to a value in a document: names and places in lists, from the outermost. Of several documents the first is the number of one. */
export type Path = readonly (string | number)[];

/** A text, number or switch in a document, and where it stands in the whole: quotes are within. The path is good until the next one. */
export type Scalar = { readonly path: Path; readonly from: number; readonly to: number };

/** Every scalar of a JSON text, in order, as far as it goes: what is cut off or broken yields what stands before. */
export function* jsonScalars(text: string): Generator<Scalar> {
  const path: (string | number)[] = [0];
  const lists: boolean[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    const inList = lists.at(-1);
    if (BLANK.has(letter) || letter === ':') continue;
    if (letter === '{' || letter === '[') {
      lists.push(letter === '[');
      path.push(letter === '[' ? 0 : '');
      isName = letter === '{';
    } else if (letter === '}' || letter === ']') {
      if (lists.pop() !== undefined) path.pop();
      if (lists.length === 0) path[0] = Number(path[0]) + 1;
      isName = false;
    } else if (letter === ',') {
      if (inList === true) path[path.length - 1] = Number(path.at(-1)) + 1;
      isName = inList === false;
    } else {
      const to = letter === '"' ? Math.min(endOfString(text, at) + 1, text.length) : endOfWord(text, at);
      if (isName) path[path.length - 1] = text.slice(at + 1, to - 1);
      else yield { path, from: at, to };
      isName = false;
      at = to - 1;
    }
  }
}

const BLANK = new Set(' \t\r\n');

function endOfWord(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !/[\s,\]}:]/.test(text[at] ?? '')) at++;
  return at;
}

/** Every scalar of a YAML text. Nothing where it cannot be read to its end. */
export function yamlScalars(text: string): readonly Scalar[] | undefined {
  if (text.length > MAX_YAML.characters) return undefined;
  try {
    const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: 'silent', uniqueKeys: false, merge: false });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined;
    return documents.flatMap(({ contents }, index) => [...scalarsOf(contents, [index])]);
  } catch {
    return undefined;
  }
}

function* scalarsOf(node: unknown, path: Path): Generator<Scalar> {
  if (isMap(node)) for (const { key, value } of node.items) yield* scalarsOf(value, [...path, isScalar(key) ? String(key.value) : '']);
  else if (isSeq(node)) for (const [index, item] of node.items.entries()) yield* scalarsOf(item, [...path, index]);
  else if (isScalar(node) && node.range) yield { path, from: node.range[0], to: node.range[1] };
}
