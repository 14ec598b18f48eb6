import { podNamespaces } from '#dataplane/pods';
import { uplinkOf } from '#dataplane/uplink';
import type { World } from '#dataplane/world';
import type { Source } from '#intent/kube-proxy/answers';
import type { Front } from '#intent/kube-proxy/fronts';
import type { Ip } from '#net/ip';
import { arrive } from '#sim/packet/arrive';
import { type Branch, enumerate } from '#sim/clock/choice';
import type { Walk } from '#sim/packet/outcome';
import { send } from '#sim/packet/send';
import { FRESH } from '#sim/packet/state';
import { type Flow, packetOf } from '#sim/packet/trace';
import type { Gap } from '#snapshot/gap';
import { onNode, type Scope } from '#snapshot/scope';

/** How one new connection to a front fares by a node's rules. `endpoint`: it was rewritten to go there. */
export type Fate =
  | { readonly is: 'endpoint'; readonly address: Ip; readonly port: number }
  | { readonly is: 'rejected' | 'dropped' | 'not rewritten' }
  | { readonly is: 'unknown'; readonly gap: Gap };

/** One fate with its weight (`null`: not known) and the way that shows it. */
export type Weighed = { readonly fate: Fate; readonly probability: number | null; readonly walk: Walk };

/** What a node's rules do with new connections to a front; `null`: nobody was captured who could send such a packet there. */
export type Programmed = { readonly fates: readonly Weighed[]; readonly complete: boolean } | null;

/** The ways of one connection: rules pick endpoints, so there are few. */
const MOST_BRANCHES = 1024;

/** Walks a new connection to a front from a source through a node's rules, over all choices. */
export function programmed(world: World, node: string, front: Front, source: Source): Programmed {
  const run = source.is === 'outside' ? fromOutside(world, node, front, source.address) : fromInside(world, node, front, source);
  if (run === null) return null;
  const { branches, complete } = enumerate(run, MOST_BRANCHES);
  return { fates: branches.map((branch) => weighed(branch, front, node, source)), complete };
}

type Step = Parameters<typeof enumerate<Walk>>[0];

function fromInside(world: World, node: string, front: Front, source: Source): Step | null {
  const from = source.is === 'node' ? onNode(node) : podScope(world, node);
  if (from === null || world.stack(from) === undefined) return null;
  const packet = packetOf(world, flowOf(front, from));
  return (chooser) => send(world, from, packet, FRESH, chooser, 0);
}

function fromOutside(world: World, node: string, front: Front, address: Ip): Step | null {
  const station = uplinkOf(world, node, address);
  if (station === null) return null;
  const packet = packetOf(world, { ...flowOf(front, onNode(node)), source: address });
  return (chooser) => arrive(world, station, packet, chooser);
}

const flowOf = ({ address, protocol, port }: Front, from: Scope): Flow => ({ from, to: address, protocol, port });

/** A pod of the node whose namespace was captured. */
const podScope = (world: World, node: string): Scope | null =>
  podNamespaces(world.facts).find((pod) => pod.node === node && pod.placedBy !== null && pod.address !== null)?.scope ?? null;

function weighed({ result, probability }: Branch<Walk>, front: Front, node: string, source: Source): Weighed {
  // a route is looked for before the rules of OUTPUT are asked
  const isUnasked = source.is === 'node' && result.disposition === 'unreachable' && result.received.destination === front.address;
  return { fate: isUnasked ? { is: 'unknown', gap: unasked(node, front) } : fateOf(result, front), probability, walk: result };
}

const unasked = (node: string, { address }: Front): Gap => ({
  of: 'route',
  scope: onNode(node),
  why: 'not told',
  detail: `${node} has no route to ${address}, so that its rules are not asked about it`,
});

/** A packet that was rewritten goes to that endpoint, whatever befalls it later. */
function fateOf({ received, disposition, reason }: Walk, { address, port }: Front): Fate {
  if (received.destination !== address || received.destinationPort !== port) {
    return { is: 'endpoint', address: received.destination, port: received.destinationPort };
  }
  if (disposition === 'unknown' && reason.gap !== undefined) return { is: 'unknown', gap: reason.gap };
  if (disposition === 'rejected' || disposition === 'dropped') return { is: disposition };
  return { is: 'not rewritten' };
}
