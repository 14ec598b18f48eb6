import type { Sighting } from '../probe/probe.ts';
import type { Cluster, Observed, Probe } from '../vocabulary.ts';

/** Who reaches whom: for every ordered pair of nodes what a ping between their first pods saw. */
export type Matrix = { readonly nodes: readonly string[]; readonly seen: Readonly<Record<string, Observed>> };

const keyOf = (from: string, to: string): string => `${from}→${to}`;

const pairs = ({ nodes }: Cluster) => nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })));

/** One ping for every ordered pair of nodes. */
export const matrixProbes = (cluster: Cluster): readonly Probe[] =>
  pairs(cluster).map(({ from, to }) => ({ from: { pod: from.pods[0].name }, to: to.pods[0].address, protocol: 'icmp' }));

/** What those pings saw. */
export function matrixOf(cluster: Cluster, sightings: readonly Sighting[]): Matrix {
  const seen = pairs(cluster).map(({ from, to }, at) => [keyOf(from.name, to.name), sightings[at]?.observed ?? 'silence'] as const);
  return { nodes: cluster.nodes.map(({ name }) => name), seen: Object.fromEntries(seen) };
}

const SIGNS: Readonly<Record<Observed, string>> = { answers: '✔', unreachable: '!', silence: '✘' };

/** The matrix as lines: rows ask, columns answer. */
export function matrixText({ nodes, seen }: Matrix): readonly string[] {
  const rows = nodes.map(
    (from) => `${from}  ${nodes.map((to) => (from === to ? '·' : SIGNS[seen[keyOf(from, to)] ?? 'silence'])).join(' ')}`,
  );
  const values = Object.values(seen);
  const silent = values.filter((one) => one === 'silence').length;
  const refused = values.filter((one) => one === 'unreachable').length;
  const words = [
    `${values.length - silent - refused} of ${values.length} answer`,
    ...(silent > 0 ? [`✘ silence ${silent}`] : []),
    ...(refused > 0 ? [`! unreachable ${refused}`] : []),
  ];
  return [`to ${nodes.join(' ')}   (rows ask; pod to pod, ping)`, ...rows.map((row) => ` ${row}`), words.join(', ')];
}
