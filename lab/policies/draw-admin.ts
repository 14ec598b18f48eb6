import type { Dice } from '../draw/dice.ts';
import { agentNamed, type Drawn, drawCase } from './draw.ts';
import { type DrawnPolicy, selectorFrom } from './draw-policy.ts';
import { EDGES, LABELS, NAMED, PORTS, PROTOCOLS } from './vocabulary.ts';

/** Prefixes of nobody in the cluster: netpol-analyzer takes networks for what is outside, though the text lets them hold pods and nodes too. */
const NETWORKS = ['198.51.100.0/24', '198.51.100.128/25', '198.51.100.7/32', '203.0.113.0/24', '203.0.113.8/31'] as const;

/** Enforces them, as is known by its name alone. */
const OVN_KUBERNETES = agentNamed('ovnkube-node-x7k2p');

/** Draws a cluster with policies of its administrator around NetworkPolicies, whose ipBlocks are left out: whether they hold pods is the plugin's. */
export function drawAdminCase(dice: Dice, queries: number): Drawn {
  const drawn = drawCase(dice, queries, OVN_KUBERNETES);
  // of the same priority nobody knows which comes first
  const priorities = dice.shuffle(Array.from({ length: 12 }, (_, at) => 7 * at));
  const admins = priorities.slice(0, 1 + dice.roll(4)).map((priority, at) => ({
    ...headed('AdminNetworkPolicy', `a${at}`),
    spec: { priority, ...bodyFrom(dice, ['Allow', 'Deny', 'Pass']) },
  }));
  const baselines =
    dice.roll(3) === 0 ? [] : [{ ...headed('BaselineAdminNetworkPolicy', 'default'), spec: bodyFrom(dice, ['Allow', 'Deny']) }];
  return { ...drawn, policies: drawn.policies.slice(0, dice.roll(4)).map(withoutBlocks), admins, baselines };
}

const headed = (kind: string, name: string) => ({ apiVersion: 'policy.networking.k8s.io/v1alpha1', kind, metadata: { name } });

/** Whom it is about, and rules that mostly meet somebody. */
function bodyFrom(dice: Dice, actions: readonly string[]): object {
  const rules = (side: 'from' | 'to'): readonly object[] =>
    Array.from({ length: dice.roll(4) }, () => {
      const peers = Array.from({ length: 1 + dice.roll(2) }, () =>
        side === 'to' && dice.roll(3) === 0 ? networksFrom(dice) : podsFrom(dice),
      );
      // a named port is none of networks
      const isInside = peers.every((peer) => !('networks' in peer));
      const ports = Array.from({ length: 1 + dice.roll(2) }, () => portFrom(dice, isInside));
      return { action: dice.pick(actions), [side]: peers, ...(dice.roll(2) === 0 ? {} : { ports }) };
    });
  return { subject: podsFrom(dice), ingress: rules('from'), egress: rules('to') };
}

const podsFrom = (dice: Dice): object =>
  dice.roll(2) === 0
    ? { namespaces: selectorFrom(dice, NAMED) }
    : { pods: { namespaceSelector: selectorFrom(dice, NAMED), podSelector: selectorFrom(dice, LABELS.pod) } };

const networksFrom = (dice: Dice): object => ({ networks: dice.shuffle(NETWORKS).slice(0, 1 + dice.roll(2)) });

function portFrom(dice: Dice, mayBeNamed: boolean): object {
  const kind = dice.roll(mayBeNamed ? 4 : 3);
  if (kind === 3) return { namedPort: dice.pick(PORTS).name };
  const protocol = dice.pick(PROTOCOLS);
  if (kind > 0) return { portNumber: { protocol, port: dice.pick(dice.pick(PORTS).numbers) } };
  const [first, last] = [dice.pick(EDGES), dice.pick(EDGES)];
  return first === last
    ? { portNumber: { protocol, port: first } }
    : { portRange: { protocol, start: Math.min(first, last), end: Math.max(first, last) } };
}

function withoutBlocks(policy: DrawnPolicy): DrawnPolicy {
  const left = (peers: readonly object[] | undefined) => peers?.filter((peer) => !('ipBlock' in peer));
  const rule = <R extends { readonly from?: readonly object[]; readonly to?: readonly object[] }>(one: R): R => ({
    ...one,
    ...(one.from === undefined ? {} : { from: left(one.from) }),
    ...(one.to === undefined ? {} : { to: left(one.to) }),
  });
  const { ingress, egress } = policy.spec;
  return {
    ...policy,
    spec: {
      ...policy.spec,
      ...(ingress === undefined ? {} : { ingress: ingress.map(rule) }),
      ...(egress === undefined ? {} : { egress: egress.map(rule) }),
    },
  };
}
