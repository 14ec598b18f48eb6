import type { KindId } from '#facts/kinds';
import { formats } from '#parsers/formats';
import { recognise } from '#parsers/recognise';
import type { Section } from '#parsers/transcript';
import { pathPart } from '../stream/entry-name.ts';
import type { Pile } from './gather.ts';

/** Kinds that belong to no single host. */
const CLUSTER_WIDE: ReadonlySet<KindId> = new Set([
  'node',
  'pod',
  'service',
  'endpoints',
  'lease',
  'flannel-config',
  'observation',
  'packet',
  'log-line',
]);

/** Folders that only sort, and say nothing of whose their content is. */
const SORTING = new Set(['nodes', 'hosts', 'node', 'host']);
const NAMESPACES = new Set(['netns', 'namespaces', 'pods', 'containers']);

/** Whose a file is by the folders that it lies in. */
export type Spot = { readonly node: string; readonly netns: string };

/** Whether a text is a host's own state, not the cluster's or somebody's measurement. */
export const tellsOfHost = ({ text }: Section): boolean => (recognise(text, formats)?.tells ?? []).some((kind) => !CLUSTER_WIDE.has(kind));

/** How a pile sorts its files: its sub-folders are hosts, or it is one host and its sub-folders are namespaces. */
export type Sorting = { readonly by: 'hosts' } | { readonly by: 'one host'; readonly host: string };

/** Sub-folders are hosts, unless the pile's own files are a host's already, or name their folder of namespaces. */
export function sortingOf(pile: Pile, ownTellOfHost: boolean, named: string | undefined): Sorting {
  const tops = new Set(pile.files.map(({ folders }) => folders[0]).filter((top) => top !== undefined));
  const sorted = [...tops].some((top) => SORTING.has(top));
  const split = [...tops].some((top) => NAMESPACES.has(top));
  const areHosts = tops.size > 0 && (sorted || (!ownTellOfHost && !split));
  return areHosts ? { by: 'hosts' } : { by: 'one host', host: pathPart(named ?? pile.name.replace(/\.(txt|log|out|gz)$/, '')) };
}

/** The spot of a file: nothing for one that lies beside the hosts and may be the cluster's. */
export function spotOf(folders: readonly string[], sorting: Sorting): Spot | undefined {
  const words = folders.filter((folder) => !SORTING.has(folder));
  const [node, ...rest] = sorting.by === 'one host' ? [sorting.host, ...words] : words;
  if (node === undefined) return undefined;
  const inside = rest.filter((folder) => !NAMESPACES.has(folder));
  return { node: pathPart(node), netns: inside.length === 0 ? '' : pathPart(inside[0] ?? '') };
}
