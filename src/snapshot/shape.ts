/** What a value must be: nothing when it is, else where it is not and why. */
export type Shape = (value: unknown, at: string) => string | undefined;

export const text =
  (longest = 65_536): Shape =>
  (value, at) =>
    typeof value !== 'string' ? `${at} is not a text` : value.length > longest ? `${at} is longer than ${longest} characters` : undefined;

export const matching =
  (pattern: RegExp, what: string): Shape =>
  (value, at) =>
    typeof value === 'string' && value.length <= 1024 && pattern.test(value) ? undefined : `${at} is not ${what}`;

export const number =
  ({ whole = false, from = -Number.MAX_SAFE_INTEGER } = {}): Shape =>
  (value, at) =>
    typeof value !== 'number' || !Number.isFinite(value) || (whole && !Number.isSafeInteger(value)) || value < from
      ? `${at} is not ${whole ? 'a whole number' : 'a number'}${from > -Number.MAX_SAFE_INTEGER ? ` from ${from}` : ''}`
      : undefined;

export const oneOf =
  (...values: readonly unknown[]): Shape =>
  (value, at) =>
    values.includes(value) ? undefined : `${at} is not one of ${values.map((one) => JSON.stringify(one)).join(', ')}`;

export const nullOr =
  (shape: Shape): Shape =>
  (value, at) =>
    value === null ? undefined : shape(value, at);

export const list =
  (of: Shape, longest: number): Shape =>
  (value, at) => {
    if (!Array.isArray(value)) return `${at} is not a list`;
    if (value.length > longest) return `${at} has more than ${longest} items`;
    for (const [index, item] of value.entries()) {
      const problem = of(item, `${at}[${index}]`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with these fields; others may be there, for later versions add some. */
export const object =
  (required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value, at) => {
    if (!isObject(value)) return `${at} is not an object`;
    for (const [name, shape] of Object.entries(required)) {
      const problem = Object.hasOwn(value, name) ? shape(value[name], `${at}.${name}`) : `${at}.${name} is missing`;
      if (problem !== undefined) return problem;
    }
    for (const [name, shape] of Object.entries(optional)) {
      const problem = Object.hasOwn(value, name) ? shape(value[name], `${at}.${name}`) : undefined;
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

/** The first shape that fits; what the last one says when none does. */
export const either =
  (...shapes: readonly Shape[]): Shape =>
  (value, at) => {
    let problem: string | undefined = `${at} has no shape`;
    for (const shape of shapes) {
      problem = shape(value, at);
      if (problem === undefined) return undefined;
    }
    return problem;
  };
