/** Yes, no, or `undefined`: it cannot be told. */
export type Three = boolean | undefined;

/** Whether all hold: one that does not decides, whatever the others are. */
export function all<T>(items: Iterable<T>, holds: (item: T) => Three): Three {
  let known = true;
  for (const item of items) {
    const one = holds(item);
    if (one === false) return false;
    if (one === undefined) known = false;
  }
  return known ? true : undefined;
}

/** Whether any holds: one that does decides. */
export function any<T>(items: Iterable<T>, holds: (item: T) => Three): Three {
  return not(all(items, (item) => not(holds(item))));
}

export const not = (it: Three): Three => (it === undefined ? undefined : !it);
