import { parseAllDocuments } from 'yaml';

/** A document that was read, or why it could not be. */
export type Document = { readonly value: unknown } | { readonly why: string };

/** How many documents, alias expansions and characters of YAML are read at most: captured texts are hostile input. */
export const MAX_YAML = { documents: 1000, aliases: 100, characters: 64 * 1024 * 1024 };

/** A JSON text (comment lines before it are left out). Numbers too long for a double become their digits as text. */
export function readJson(text: string): Document {
  try {
    return { value: JSON.parse(quoteLongNumbers(withoutComments(text))) };
  } catch (error) {
    return { why: `not JSON: ${messageOf(error)}` };
  }
}

/** Every document of a YAML text. */
export function readYaml(text: string): readonly Document[] {
  if (text.length > MAX_YAML.characters) return [{ why: 'too long for YAML' }];
  try {
    // pretty errors look for their line anew each time
    const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: 'silent', uniqueKeys: false, merge: false });
    if (!Array.isArray(documents)) return [];
    return documents.slice(0, MAX_YAML.documents).map((one) => {
      const error = one.errors[0];
      if (error !== undefined) return { why: `not YAML: ${messageOf(error)}` };
      return { value: one.toJS({ maxAliasCount: MAX_YAML.aliases }) as unknown };
    });
  } catch (error) {
    return [{ why: `not YAML: ${messageOf(error)}` }];
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 120) : 'unknown error';

function withoutComments(text: string): string {
  let at = 0;
  while (text.startsWith('#', at)) {
    const end = text.indexOf('\n', at);
    if (end < 0) return '';
    at = end + 1;
  }
  return at === 0 ? text : text.slice(at);
}

const QUOTE = 34;
const BACKSLASH = 92;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Puts quotes around integers of 16 and more digits outside strings: etcd's lease ids do not survive as doubles. */
function quoteLongNumbers(text: string): string {
  if (!/\d{16}/.test(text)) return text;
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (isDigit(code)) {
      const start = text[at - 1] === '-' ? at - 1 : at;
      while (at < text.length && isDigit(text.charCodeAt(at))) at++;
      if (at - start >= 16 && !/[.eE]/.test(text[at] ?? '') && text[start - 1] !== '.') {
        parts.push(text.slice(from, start), '"', text.slice(start, at), '"');
        from = at;
      }
      at--;
    }
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(from);
}

/** Where a JSON text's closing quote stands, or where the text ends. */
export function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

/** A member of an object; nothing when it is no object or has no such member of its own. */
export function member(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = member(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

/** A number, also one that is written as text (protobuf's JSON writes 64-bit numbers so). */
export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = member(value, ...path);
  if (typeof found === 'number') return Number.isFinite(found) ? found : undefined;
  return typeof found === 'string' && /^-?\d{1,20}$/.test(found) ? Number(found) : undefined;
};

export const booleanAt = (value: unknown, ...path: readonly string[]): boolean | undefined => {
  const found = member(value, ...path);
  return typeof found === 'boolean' ? found : undefined;
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] | undefined => {
  const found = member(value, ...path);
  return Array.isArray(found) ? found : undefined;
};

/** An object whose members are all text, as labels and annotations are; members of other types are left out. */
export function textsAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> | undefined {
  const found = member(value, ...path);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
