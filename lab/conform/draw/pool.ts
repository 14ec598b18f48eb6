import type { Dice } from '../../draw/dice.ts';
import type { Pool } from './construct.ts';
import type { Layout } from './layout.ts';
import type { Family } from './rule.ts';

const PORTS = [53, 80, 443, 8080, 9090, 30080];
const MARKS = [1, 2, 4, 0x4000, 0x8000, 0xff];

/** Draws few enough names that rules and packets meet. */
export function drawPool(dice: Dice, layout: Layout, family: Family): Pool {
  const isOwn = (cidr: string): boolean => cidr.includes(':') === (family === 6);
  const cidrs = layout.namespaces.flatMap(({ devices }) => devices.flatMap(({ addresses }) => addresses.filter(isOwn)));
  const addresses = [...new Set([...cidrs.map(addressOf), ...layout.virtual[family]])];
  const whole = family === 4 ? '/32' : '/128';
  const wide = family === 4 ? ['10.0.0.0/8', '192.0.2.0/24'] : ['fd00::/16', '2001:db8::/32'];
  return {
    addresses,
    prefixes: [
      ...cidrs,
      ...wide,
      ...dice
        .shuffle(addresses)
        .slice(0, 3)
        .map((address) => `${address}${whole}`),
    ],
    ports: dice.shuffle(PORTS).slice(0, 4),
    marks: dice.shuffle(MARKS).slice(0, 3),
  };
}

/** `10.1.0.2/24` without its length. */
export const addressOf = (cidr: string): string => cidr.split('/')[0] ?? cidr;

/** The addresses of one family that a namespace's devices have. */
export const addressesOf = (layout: Layout, namespace: string, family: Family): readonly string[] =>
  layout.namespaces
    .filter(({ name }) => name === namespace)
    .flatMap(({ devices }) => devices.flatMap(({ addresses }) => addresses.map(addressOf)))
    .filter((address) => address.includes(':') === (family === 6));
