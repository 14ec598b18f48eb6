/** So many letters may be wrong in a name that is meant: a typing error, a plural, a suffix. */
const LETTERS = 3;

/** Whether two names differ by a few letters only (Levenshtein), and share more than that. */
export function alike(one: string, other: string): boolean {
  const most = Math.min(LETTERS, Math.floor(Math.max(one.length, other.length) / 2));
  return distance(one, other) <= most;
}

function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [column, theirs] of [...other].entries()) {
      const change = (row[column] ?? 0) + (letter === theirs ? 0 : 1);
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
