import type { Dice } from '../draw/dice.ts';
import { LABELS, PORTS, PROTOCOLS } from './vocabulary.ts';

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
    return { ...(peers.length === 0 && dice.roll(2) === 0 ? {} : { [side]: peers }), ...(ports.length === 0 ? {} : { ports }) };
  });

function peerFrom(dice: Dice): object {
  const kind = dice.roll(4);
  if (kind === 0) return { ipBlock: blockFrom(dice) };
  const pods = { podSelector: selectorFrom(dice, LABELS.pod) };
  const namespaces = { namespaceSelector: selectorFrom(dice, LABELS.namespace) };
  return kind === 1 ? pods : kind === 2 ? namespaces : { ...pods, ...namespaces };
}

const BLOCKS = [
  { cidr: '0.0.0.0/0', except: ['198.51.100.128/25', '10.0.0.0/8'] },
  { cidr: '198.51.100.0/24', except: ['198.51.100.192/26'] },
  { cidr: '203.0.113.9/32', except: [] },
  { cidr: '10.244.0.0/16', except: ['10.244.1.0/24'] },
] as const;

function blockFrom(dice: Dice): object {
  const { cidr, except } = dice.pick(BLOCKS);
  return except.length === 0 || dice.roll(2) === 0 ? { cidr } : { cidr, except };
}

function selectorFrom(dice: Dice, labels: Readonly<Record<string, readonly string[]>>): object {
  const keys = Object.keys(labels);
  const kind = dice.roll(4);
  if (kind === 0) return {};
  const key = dice.pick(keys);
  const value = dice.pick(labels[key] ?? []);
  if (kind === 1) return { matchLabels: { [key]: value } };
  const expression = expressionFrom(dice, key, labels[key] ?? []);
  return kind === 2 ? { matchExpressions: [expression] } : { matchLabels: { [dice.pick(keys)]: value }, matchExpressions: [expression] };
}

function expressionFrom(dice: Dice, key: string, values: readonly string[]): object {
  const operator = dice.pick(['In', 'NotIn', 'Exists', 'DoesNotExist'] as const);
  if (operator === 'Exists' || operator === 'DoesNotExist') return { key, operator };
  return { key, operator, values: dice.shuffle(values).slice(0, 1 + dice.roll(values.length)) };
}

function portFrom(dice: Dice): DrawnPort {
  const { name, port, protocol } = dice.pick(PORTS);
  const kind = dice.roll(5);
  if (kind === 0) return { protocol: dice.pick(PROTOCOLS) };
  if (kind === 1) return { protocol, port: name };
  if (kind === 2) return { protocol: dice.pick(PROTOCOLS), port: 1 + dice.roll(9000), endPort: 9001 + dice.roll(50_000) };
  return kind === 3 ? { port } : { protocol: dice.pick(PROTOCOLS), port };
}
