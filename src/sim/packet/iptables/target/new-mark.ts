import type { Options } from '../context.ts';
import { maskedOf } from '../numbers.ts';

const FORMS = [
  ['set-xmark', (before: number, value: number, mask: number) => (before & ~mask) ^ value],
  ['set-mark', (before: number, value: number, mask: number) => (before & ~(mask | value)) | value],
  ['and-mark', (before: number, value: number) => before & value],
  ['or-mark', (before: number, value: number) => before | value],
  ['xor-mark', (before: number, value: number) => before ^ value],
] as const;

/** How the options of MARK and CONNMARK change a mark; nothing where none of them does. */
export function newMark(options: Options): ((before: number) => number) | undefined {
  for (const [name, change] of FORMS) {
    const option = options.get(name);
    const given = option === undefined ? undefined : maskedOf(option.value);
    if (given !== undefined) return (before) => change(before, given.value, given.mask) >>> 0;
  }
  return undefined;
}
