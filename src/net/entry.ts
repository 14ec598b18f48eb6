/** What a table says of a word that comes from outside: `constructor` and the like, which every object inherits, stand in none. */
export const entryOf = <T>(table: Readonly<Record<string, T>>, word: string | undefined): T | undefined =>
  word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined;
