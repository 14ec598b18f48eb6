type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);

/** How many fields are told; a list counts as its members do. */
export function told(value: unknown, depth = 0): number {
  if (value === undefined) return 0;
  if (Array.isArray(value)) return depth > 1 ? value.length : value.reduce((sum: number, one) => sum + told(one, depth + 1), 1);
  if (!isFields(value)) return 1;
  let sum = 0;
  for (const name in value) if (name !== 'origin') sum += told(value[name], depth + 1);
  return sum;
}

/** The names of fields in which two readings of one thing contradict each other; what either does not tell is no contradiction. */
export function contradictions(one: unknown, other: unknown, at = ''): readonly string[] {
  if (one === undefined || other === undefined || Object.is(one, other)) return [];
  if (Array.isArray(one) && Array.isArray(other)) {
    if (one.length !== other.length) return [at];
    return one.flatMap((member, index) => contradictions(member, other[index], at)).slice(0, 1);
  }
  if (!isFields(one) || !isFields(other)) return [at];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const place of ['origin', 'line']) names.delete(place);
  return [...names].flatMap((name) => contradictions(one[name], other[name], at === '' ? name : `${at}.${name}`));
}

/** The better reading, with what only the other one tells added. */
export function joined<T>(better: T, other: T): T {
  if (better === undefined) return other;
  if (Array.isArray(better) && Array.isArray(other)) {
    return better.length === other.length && better.every(isFields)
      ? (better.map((member, index) => joined(member, other[index])) as T)
      : better;
  }
  if (!isFields(better) || !isFields(other)) return better;
  const whole: Record<string, unknown> = { ...other, ...better };
  for (const name in whole) if (name !== 'origin') whole[name] = joined(better[name], other[name]);
  return whole as T;
}
