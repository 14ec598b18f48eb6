import type { Dice } from '../draw/dice.ts';
import { blockFrom } from './draw-block.ts';
import { EDGES, LABELS, NAMED, PORTS, PROTOCOLS } from './vocabulary.ts';

/** A drawn port of a rule. */
export type DrawnPort = { readonly protocol?: string; readonly port?: number | string; readonly endPort?: number };
type DrawnRule = { readonly from?: readonly object[]; readonly to?: readonly object[]; readonly ports?: readonly DrawnPort[] };

/** A drawn NetworkPolicy. */
export type DrawnPolicy = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: {
    readonly podSelector: object;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly DrawnRule[];
    readonly egress?: readonly DrawnRule[];
  };
};

/** Draws a NetworkPolicy out of everything that the API allows. */
export function drawPolicy(dice: Dice, namespace: string, name: string): DrawnPolicy {
  const types = dice.pick([[], ['Ingress'], ['Egress'], ['Ingress', 'Egress']] as const);
  const ingress = dice.roll(5) === 0 ? undefined : rulesFrom(dice, 'from');
  const egress = dice.roll(2) === 0 ? undefined : rulesFrom(dice, 'to');
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name },
    spec: {
      podSelector: selectorFrom(dice, LABELS.pod),
      ...(types.length === 0 ? {} : { policyTypes: types }),
      ...(ingress === undefined ? {} : { ingress }),
      ...(egress === undefined ? {} : { egress }),
    },
  };
}

const some = <T>(dice: Dice, most: number, one: () => T): readonly T[] => Array.from({ length: dice.roll(most + 1) }, one);

const rulesFrom = (dice: Dice, side: 'from' | 'to'): readonly DrawnRule[] =>
  some(dice, 3, () => {
    const peers = some(dice, 3, () => peerFrom(dice));
    const ports = some(dice, 3, () => portFrom(dice));
    const told = <T>(list: readonly T[]): boolean => list.length > 0 || dice.roll(2) > 0;
    return { ...(told(peers) ? { [side]: peers } : {}), ...(told(ports) ? { ports } : {}) };
  });

function peerFrom(dice: Dice): object {
  const kind = dice.roll(4);
  if (kind === 0) return { ipBlock: blockFrom(dice) };
  const pods = { podSelector: selectorFrom(dice, LABELS.pod) };
  const namespaces = { namespaceSelector: selectorFrom(dice, NAMED) };
  return kind === 1 ? pods : kind === 2 ? namespaces : { ...pods, ...namespaces };
}

/** A selector: nothing, labels, expressions, or some of both. */
export function selectorFrom(dice: Dice, labels: Readonly<Record<string, readonly string[]>>): object {
  if (dice.roll(3) === 0) return {};
  const keys = Object.keys(labels);
  const pick = (): string => dice.pick(keys);
  const wanted = Object.fromEntries(some(dice, dice.pick([1, 1, 2]), pick).map((key) => [key, dice.pick(labels[key] ?? [])]));
  const expressions = some(dice, dice.pick([1, 1, 2]), pick).map((key) => expressionFrom(dice, key, labels[key] ?? []));
  return {
    ...(Object.keys(wanted).length === 0 ? {} : { matchLabels: wanted }),
    ...(expressions.length === 0 ? {} : { matchExpressions: expressions }),
  };
}

function expressionFrom(dice: Dice, key: string, values: readonly string[]): object {
  const operator = dice.pick(['In', 'NotIn', 'Exists', 'DoesNotExist'] as const);
  if (operator === 'Exists' || operator === 'DoesNotExist') return { key, operator };
  return { key, operator, values: dice.shuffle([...values, 'nobodys']).slice(0, 1 + dice.roll(values.length)) };
}

function portFrom(dice: Dice): DrawnPort {
  const { name, numbers, protocol } = dice.pick(PORTS);
  const port = dice.pick(numbers);
  const own = dice.roll(3) === 0 ? {} : { protocol: dice.pick(PROTOCOLS) };
  const kind = dice.roll(5);
  if (kind === 0) return own;
  if (kind === 1) return { protocol, port: name };
  if (kind > 2) return { ...own, port };
  const [first, last] = [dice.pick(EDGES), dice.pick(EDGES)];
  return { ...own, port: Math.min(first, last), endPort: Math.max(first, last) };
}
