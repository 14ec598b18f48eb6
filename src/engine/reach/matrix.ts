import type { World } from '#dataplane/world';
import { grouped } from '#facts/grouped';
import type { Family } from '#net/ip';
import { offeredPorts, type ReachEnd } from './end.ts';
import { differ, familiesOf, inFamily, workloadIn } from './families.ts';
import { type NodePaths, nodePaths } from './node-paths.ts';
import { isOwn, ownPairs, type Pair } from './own-node.ts';
import { type By, type Cause, reached, type Reached } from './pair.ts';
import type { AskedPort } from './policy-side.ts';
import { labelsOfNoPolicy, singly, type Workload, workloadsOf } from './workloads.ts';

/** How many pairs of pods end so. */
export type Counts = { readonly yes: number; readonly no: number; readonly partly: number; readonly unknown: number };

/** Two workloads, by one pair of their pods and by the ways between their nodes. */
export type Cell = {
  readonly from: Workload;
  readonly to: Workload;
  readonly port: AskedPort;
  /** Set where both have addresses of two families, and these answer differently: each has a cell then. */
  readonly family: Family | null;
  /** The families that it was asked in; none where nobody knows of one that both have. */
  readonly families: readonly Family[];
  readonly verdict: Reached['verdict'];
  readonly counts: Counts;
  /** Why not everything is a yes: each reason once, the most frequent first. */
  readonly causes: readonly (Cause & { readonly pairs: number })[];
  /** The pair that was asked for the workloads. */
  readonly sample: Reached;
};

/** Who reaches whom. `isGrouped`: pods that policies cannot tell apart were asked once. */
export type ReachMatrix = { readonly cells: readonly Cell[]; readonly isGrouped: boolean; readonly pairs: number };

/** What to ask. */
export type ReachQuestion = {
  readonly from: readonly ReachEnd[];
  readonly to: readonly ReachEnd[];
  /** One port for all; else those that each end offers, or an echo. */
  readonly port: AskedPort | undefined;
  readonly by: By;
};

/** Up to so many pairs are asked one by one. */
const MOST_PAIRS = 2000;
/** An end that offers more ports is asked at the first ones. */
const MOST_PORTS = 4;

/** Answers who reaches whom; beyond some thousand pairs by workload, so that large clusters stay readable and quick. */
export function reachMatrix(world: World, { from, to, port, by }: ReachQuestion): ReachMatrix {
  const isGrouped = from.length * to.length > MOST_PAIRS;
  const [sources, targets] = isGrouped ? workloads(world, [from, to]) : [singly(from), singly(to)];
  const paths = isGrouped && by !== 'policy' ? pathsByFamily(world, [...from, ...to]) : () => null;
  const asked = sources.flatMap((source) =>
    targets.flatMap((target) => {
      const isItself = source.ends.length === 1 && target.ends.length === 1 && source.name === target.name;
      return isItself ? [] : portsOf(target, port).map((one) => cellsOf(world, source, target, one, by, paths));
    }),
  );
  const pairs = asked.reduce((sum, [cell]) => sum + (cell === undefined ? 0 : pairsOf(cell.from, cell.to)), 0);
  return { cells: asked.flat(), isGrouped, pairs };
}

type Paths = (family: Family | null) => NodePaths | null;

/** How packets fare between nodes in one family; `null`: by the first addresses of all. */
function pathsByFamily(world: World, ends: readonly ReachEnd[]): Paths {
  const known = new Map<Family | null, NodePaths>();
  return (family) => {
    const before = known.get(family);
    if (before !== undefined) return before;
    const own = nodePaths(world, family === null ? ends : ends.flatMap((end) => inFamily(end, family) ?? []));
    known.set(family, own);
    return own;
  };
}

/** Two workloads in every family that both have: one cell where all answer alike. */
function cellsOf(world: World, from: Workload, to: Workload, port: AskedPort, by: By, paths: Paths): readonly Cell[] {
  const [source, target] = [from.ends[0], to.ends[0]];
  const families = source === undefined || target === undefined ? [] : familiesOf(source, target);
  const cells = families.map((family): Cell => {
    const [own, other] = [workloadIn(from, family), workloadIn(to, family)];
    return { ...cellOf(world, own, other, port, by, paths(family)), family, families: [family] };
  });
  const [first] = cells;
  if (first === undefined) return [cellOf(world, from, to, port, by, paths(null))];
  return differ(cells.map(({ verdict, causes }) => ({ verdict, says: causes.map(({ says }) => says) })))
    ? cells
    : [{ ...first, family: null, families }];
}

function workloads({ facts }: World, [from, to]: readonly [readonly ReachEnd[], readonly ReachEnd[]]) {
  const aside = labelsOfNoPolicy(facts);
  return [workloadsOf(from, aside), workloadsOf(to, aside)] as const;
}

function portsOf({ ends }: Workload, port: AskedPort | undefined): readonly AskedPort[] {
  if (port !== undefined) return [port];
  const [first] = ends;
  const offered = first === undefined ? [] : offeredPorts(first).slice(0, MOST_PORTS);
  return offered.length === 0 ? [null] : offered;
}

function cellOf(world: World, from: Workload, to: Workload, port: AskedPort, by: By, paths: NodePaths | null): Cell {
  const [source, target] = sampleOf(from, to, paths);
  const sample = reached(world, source, target, port, by);
  const spreadOut = paths === null || sample.cause?.is === 'policy' ? undefined : spread(from, to, sample, paths);
  const { counts, causes } = spreadOut ?? evenly(partsOf(from, to, sample, (own) => reached(world, ...own, port, by)));
  return { from, to, port, family: null, families: [], verdict: overall(counts), counts, causes, sample };
}

type Counted = readonly [reached: Reached, pairs: number];

/** All pairs are like the sample; but what policies deny between nodes and pods they do not between a node and its own pods. */
function partsOf(from: Workload, to: Workload, sample: Reached, ask: (own: Pair) => Reached): readonly Counted[] {
  const own = sample.cause?.is === 'policy' && !isOwn(sample.from, sample.to) ? ownPairs(from, to) : [];
  const [first] = own;
  const others = [sample, pairsOf(from, to) - own.length] as const;
  return first === undefined ? [others] : [others, [ask(first), own.length]];
}

function evenly(parts: readonly Counted[]): Spread {
  const counts = { ...NONE };
  for (const [{ verdict }, pairs] of parts) counts[verdict] += pairs;
  return { counts, causes: parts.flatMap(([{ cause }, pairs]) => (cause === null || pairs === 0 ? [] : [{ ...cause, pairs }])) };
}

const NONE: Counts = { yes: 0, no: 0, partly: 0, unknown: 0 };
const pairsOf = (from: Workload, to: Workload): number => from.ends.length * to.ends.length;

/** A pair that stands for all: on two nodes between which packets pass, where there are such; no node with a pod of its own. */
function sampleOf(from: Workload, to: Workload, paths: NodePaths | null): readonly [ReachEnd, ReachEnd] {
  const [first] = from.ends;
  const [second] = to.ends;
  if (first === undefined || second === undefined) throw new Error('a workload of nobody');
  if (paths === null) return [first, to.ends.find((one) => !isOwn(first, one)) ?? second];
  for (const source of from.ends.slice(0, 8)) {
    const target = to.ends.slice(0, 8).find((one) => one !== source && !isOwn(source, one) && paths.isGood(source, one));
    if (target !== undefined) return [source, target];
  }
  return [first, to.ends.find((one) => one !== first && !isOwn(first, one)) ?? second];
}

type Spread = Pick<Cell, 'counts' | 'causes'>;

/** The pairs of two workloads by their nodes: where the way between two nodes fails, theirs do; the others are like the sample. */
function spread(from: Workload, to: Workload, sample: Reached, paths: NodePaths): Spread {
  const counts = { ...NONE };
  const causes = new Map<string, Cause & { pairs: number }>();
  const count = (way: Pick<Reached, 'verdict' | 'cause'>, pairs: number): void => {
    counts[way.verdict] += pairs;
    if (way.cause === null || pairs === 0) return;
    const before = causes.get(way.cause.says);
    causes.set(way.cause.says, { ...way.cause, pairs: (before?.pairs ?? 0) + pairs });
  };
  const targets = grouped(to.ends, (end) => paths.placeOf(end));
  const doubtful = [...targets].filter(([other]) => paths.isTroubled(other));
  for (const [place, sources] of grouped(from.ends, (end) => paths.placeOf(end))) {
    const asked = paths.isTroubled(place) ? [...targets] : doubtful;
    for (const [other, own] of asked) count(paths.between(place, other) ?? sample, sources.length * own.length);
    const others = to.ends.length - asked.reduce((sum, [, own]) => sum + own.length, 0);
    count(sample, sources.length * others);
  }
  return { counts, causes: [...causes.values()].sort((one, another) => another.pairs - one.pairs) };
}

function overall({ yes, no, partly, unknown }: Counts): Reached['verdict'] {
  if (partly > 0 || (no > 0 && yes > 0)) return 'partly';
  if (no > 0) return 'no';
  return unknown > 0 ? 'unknown' : 'yes';
}
