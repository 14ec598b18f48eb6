import type { Dice } from '../draw/dice.ts';

/** Labels of a drawn object. */
export type Labels = Readonly<Record<string, string>>;

/** Few names and values, so that selectors meet what there is. */
export const NAMESPACES = ['shop', 'ops', 'lab', 'web'] as const;

export const LABELS = {
  pod: { app: ['web', 'db', 'api'], tier: ['front', 'back'], old: ['yes'] },
  namespace: { team: ['red', 'blue'], env: ['prod', 'test'] },
} as const;

export const PROTOCOLS = ['TCP', 'TCP', 'UDP', 'SCTP'] as const;

/** A name means one protocol here: netpol-analyzer looks a name up without its protocol. */
export const PORTS = [
  { name: 'http', port: 80, protocol: 'TCP' },
  { name: 'alt', port: 8080, protocol: 'TCP' },
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'sig', port: 3868, protocol: 'SCTP' },
] as const;

/** Addresses of nobody, and of both nodes. */
export const OUTSIDE = ['198.51.100.7', '198.51.100.200', '203.0.113.9', '10.244.7.7', '192.0.2.1', '192.0.2.2'] as const;

/** Some of the labels, each with one of its values. */
export function labelsFrom(dice: Dice, all: Readonly<Record<string, readonly string[]>>): Labels {
  const entries = Object.entries(all).filter(() => dice.roll(3) > 0);
  return Object.fromEntries(entries.map(([label, values]) => [label, dice.pick(values)]));
}
