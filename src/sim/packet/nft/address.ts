import { fieldValue } from './data-type.ts';
import type { Read } from './value.ts';

const ADDRESS = { name: 'address', bits: 128 } as const;

/** An address of any kind as a register holds it. */
export function address(text: string): Read {
  const value = fieldValue(ADDRESS, text);
  return value === undefined ? 'break' : [value];
}
