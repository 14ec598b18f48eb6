import type { World } from '#dataplane/world';
import type { ReachEnd } from './end.ts';
import type { Cause, Reached } from './pair.ts';
import { byPath } from './path-side.ts';
import { byPolicy } from './policy-side.ts';

/** How packets fare between the places of a cluster: nodes, and pods that their own node does not reach. */
export type NodePaths = {
  readonly placeOf: (end: ReachEnd) => string;
  /** Set where packets between two places do not simply pass. */
  readonly between: (from: string, to: string) => Way | undefined;
  /** Whether packets of or to a place do not simply pass somewhere. */
  readonly isTroubled: (place: string) => boolean;
  readonly isGood: (from: ReachEnd, to: ReachEnd) => boolean;
};

type Way = { readonly verdict: Exclude<Reached['verdict'], 'yes'>; readonly cause: Cause };

/** Between each two nodes one pod asks one other by an echo, and each node asks each of its pods. */
export function nodePaths(world: World, ends: readonly ReachEnd[]): NodePaths {
  const pods = [...new Set(ends)].filter(({ kind, pod }) => kind === 'pod' && pod?.hostNetwork !== true);
  const sick = new Map(pods.flatMap((pod) => sicknessOf(world, pod)));
  const speakers = new Map<string, ReachEnd>();
  for (const pod of pods)
    if (pod.node !== null && pod.scope !== null && !sick.has(pod.name) && !speakers.has(pod.node)) speakers.set(pod.node, pod);
  const ways = new Map<string, Way>();
  const troubled = new Set(sick.keys());
  for (const [from, speaker] of speakers) {
    for (const [to, listener] of speakers) {
      const way = from === to ? undefined : wayOf(world, speaker, listener);
      if (way === undefined) continue;
      ways.set(`${from}→${to}`, way);
      troubled.add(from).add(to);
    }
  }
  const placeOf = ({ name, node, kind }: ReachEnd): string => (sick.has(name) ? name : kind === 'service' ? '' : (node ?? ''));
  const between = (from: string, to: string): Way | undefined => sick.get(from) ?? sick.get(to) ?? ways.get(`${from}→${to}`);
  return {
    placeOf,
    between,
    isTroubled: (place) => troubled.has(place),
    isGood: (from, to) => between(placeOf(from), placeOf(to)) === undefined,
  };
}

/** A pod that its own node does not reach, with how that ends. */
function sicknessOf(world: World, pod: ReachEnd): readonly (readonly [string, Way])[] {
  if (pod.node === null || pod.scope === null) return [];
  const node: ReachEnd = { ...pod, kind: 'node', name: pod.node, scope: { node: pod.node, netns: '' } };
  const way = wayOf(world, node, pod);
  return way === undefined ? [] : [[pod.name, way]];
}

function wayOf(world: World, from: ReachEnd, to: ReachEnd): Way | undefined {
  const { is, says } = byPath(world, from, to, null);
  if (is === 'yes') return undefined;
  // what a policy keeps from these two says nothing of others on their nodes
  if (is === 'no' && byPolicy(world.facts, from, to, null).is === 'denied') return undefined;
  return { verdict: is, cause: { is: is === 'unknown' ? 'unseen' : 'path', says } };
}
