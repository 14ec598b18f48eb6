import type { Dice } from '../draw/dice.ts';
import { OUTSIDE } from './vocabulary.ts';

/** Addresses in whose neighbourhood prefixes are drawn: pods', nodes' and those of nobody. */
const AROUND = [...OUTSIDE, '10.244.0.10', '10.244.0.13', '10.244.1.11', '10.244.1.14'] as const;
const LENGTHS = [0, 8, 16, 23, 24, 25, 28, 30, 31, 32] as const;

/** A drawn ipBlock. */
export type DrawnBlock = { readonly cidr: string; readonly except: readonly string[] };

/** Draws an ipBlock, with or without longer prefixes that are excepted from it. */
export function blockFrom(dice: Dice): object {
  const length = dice.pick(LENGTHS);
  const cidr = prefixOf(dice.pick(AROUND), length);
  const inside = AROUND.filter((address) => prefixOf(address, length) === cidr);
  const longer = LENGTHS.filter((one) => one > length);
  if (longer.length === 0 || dice.roll(2) === 0) return { cidr };
  const except = Array.from({ length: 1 + dice.roll(2) }, () => prefixOf(dice.pick(inside), dice.pick(longer)));
  return { cidr, except };
}

/** The prefix of so many bits in which an address lies. */
export function prefixOf(address: string, length: number): string {
  const bits = address.split('.').reduce((all, part) => all * 256 + Number(part), 0);
  const size = 2 ** (32 - length);
  const base = Math.floor(bits / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${length}`;
}
