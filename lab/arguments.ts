/** A command line of the lab: words, and options as `--name value`, `--name=value` or `--flag`. */
export type Arguments = {
  readonly words: readonly string[];
  readonly value: (name: string) => string | undefined;
  readonly flag: (name: string) => boolean;
};

/** Reads a command line; `flags` are the options without a value. What is not known is an error in words. */
export function readArguments(args: readonly string[], valued: readonly string[], flags: readonly string[]): Arguments {
  const words: string[] = [];
  const values = new Map<string, string>();
  const set = new Set<string>();
  const left = [...args];
  while (left.length > 0) {
    const word = left.shift() ?? '';
    const [, name, , value] = /^--([a-z-]+)(=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) words.push(word);
    else if (flags.includes(name)) set.add(name);
    else if (valued.includes(name)) values.set(name, value ?? left.shift() ?? '');
    else throw new Error(`unknown option --${name}; there are ${[...valued, ...flags].map((one) => `--${one}`).join(' ')}`);
  }
  return { words, value: (name) => values.get(name), flag: (name) => set.has(name) };
}

/** A whole number within bounds, or what stands in for it. */
export function numberIn(text: string | undefined, otherwise: number, most: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 0 || value > most) throw new Error(`${text} is not a whole number from 0 to ${most}`);
  return value;
}
