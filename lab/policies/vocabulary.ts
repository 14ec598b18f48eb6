import type { Dice } from '../draw/dice.ts';

/** Labels of a drawn object. */
export type Labels = Readonly<Record<string, string>>;

/** Few names and values, so that selectors meet what there is. */
export const NAMESPACES = ['shop', 'ops', 'lab', 'web'] as const;

export const LABELS = {
  pod: { app: ['web', 'db', 'api'], tier: ['front', 'back'], old: ['yes', ''] },
  namespace: { team: ['red', 'blue'], env: ['prod', 'test'] },
} as const;

export const PROTOCOLS = ['TCP', 'TCP', 'UDP', 'SCTP'] as const;

/** By what else selectors may ask for a namespace: the API server labels each with its name. */
export const NAMED = { ...LABELS.namespace, 'kubernetes.io/metadata.name': NAMESPACES } as const;

/** A name means one protocol here, for netpol-analyzer looks a name up without its protocol; and on each pod one of its numbers. */
export const PORTS = [
  { name: 'http', numbers: [80, 81], protocol: 'TCP' },
  { name: 'alt', numbers: [8080, 80], protocol: 'TCP' },
  { name: 'dns', numbers: [53, 5353], protocol: 'UDP' },
  { name: 'sig', numbers: [3868, 80], protocol: 'SCTP' },
] as const;

/** Where ranges begin and end, so that what is asked lies at their edges. */
export const EDGES = [1, 53, 79, 80, 81, 3868, 8079, 8080, 65_535] as const;

/** Addresses of nobody, and of both nodes. */
export const OUTSIDE = ['198.51.100.7', '198.51.100.200', '203.0.113.9', '10.244.7.7', '192.0.2.1', '192.0.2.2'] as const;

/** Some of the labels, each with one of its values. */
export function labelsFrom(dice: Dice, all: Readonly<Record<string, readonly string[]>>): Labels {
  const entries = Object.entries(all).filter(() => dice.roll(3) > 0);
  return Object.fromEntries(entries.map(([label, values]) => [label, dice.pick(values)]));
}
