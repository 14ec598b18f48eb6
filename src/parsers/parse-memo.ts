import type { Format, Input, Parsed } from './format.ts';

type Asked = { readonly name: keyof Input; readonly value: string };

type Kept = { readonly file: string; readonly asked: readonly Asked[]; readonly parsed: Parsed };

const FREE: ReadonlySet<string> = new Set(['text', 'file']);

/** Longer texts are compared by their length and both ends first; short ones are not worth keeping. */
const SHORTEST = 512;

/**
 * Parses each distinct content once: nodes share many files. A parse counts for another file when all that it asked of its
 * input, but for the file's name, is the same there; the origins are then made those of the other file.
 */
export class ParseMemo {
  readonly #kept = new Map<string, Map<string, Kept[]>>();
  #characters = 0;

  /** How long all texts are that it knows. */
  get characters(): number {
    return this.#characters;
  }

  parse(format: Format, input: Input): Parsed {
    if (input.text.length < SHORTEST) return format.parse(input);
    const ofFormat = this.#kept.get(format.id) ?? new Map<string, Kept[]>();
    this.#kept.set(format.id, ofFormat);
    const same = ofFormat.get(input.text) ?? [];
    const kept = same.find(({ asked }) => asked.every(({ name, value }) => JSON.stringify(input[name]) === value));
    if (kept?.file === input.file) return kept.parsed;
    if (kept !== undefined) return renamed(kept.parsed, kept.file, input.file) as Parsed;
    const asked = new Set<keyof Input>();
    const parsed = format.parse(watched(input, asked));
    const values = [...asked].map((name) => ({ name, value: JSON.stringify(input[name]) }));
    this.#characters += input.text.length;
    ofFormat.set(input.text, [...same, { file: input.file, asked: values, parsed }]);
    return parsed;
  }
}

/** The input, noting what is asked of it. */
const watched = (input: Input, asked: Set<keyof Input>): Input =>
  new Proxy(input, {
    get(target, name) {
      const field = name as keyof Input;
      if (!FREE.has(field)) asked.add(field);
      return target[field];
    },
  });

/** The same values with every origin in another file. */
function renamed(value: unknown, from: string, to: string): unknown {
  if (Array.isArray(value)) return value.map((member) => renamed(member, from, to));
  if (typeof value !== 'object' || value === null || value instanceof Map) return value;
  const copy: Record<string, unknown> = { ...value };
  for (const name in copy) {
    const member = copy[name];
    if (typeof member === 'object' && member !== null) copy[name] = name === 'origin' ? moved(member, from, to) : renamed(member, from, to);
  }
  return copy;
}

const moved = (origin: object, from: string, to: string): object => ({
  ...origin,
  ...('file' in origin && origin.file === from ? { file: to } : {}),
});
