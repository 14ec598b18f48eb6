/** A small seeded source of numbers; the same seed draws the same cluster on every machine. */
export type Dice = {
  /** A whole number from 0 to sides - 1. */
  readonly roll: (sides: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly shuffle: <T>(from: readonly T[]) => readonly T[];
};

/** FNV-1a, so that any text can be a seed. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}

/** mulberry32: one word of state, good enough to draw addresses. */
export function diceOf(seed: string): Dice {
  let state = hash(seed);
  const roll = (sides: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
  const pick = <T>(from: readonly T[]): T => {
    const chosen = from[roll(from.length)];
    if (chosen === undefined) throw new RangeError('nothing to pick from');
    return chosen;
  };
  return { roll, pick, shuffle: (from) => shuffled(from, roll) };
}

function shuffled<T>(from: readonly T[], roll: Dice['roll']): readonly T[] {
  const left = [...from];
  const taken: T[] = [];
  while (left.length > 0) taken.push(...left.splice(roll(left.length), 1));
  return taken;
}
