import { basename } from 'node:path';
import type { Finding } from '../story/verdict.ts';
import type { Cluster, Line } from '../vocabulary.ts';
import { type Bench, capturedOnce } from './bench.ts';

/** The nodes on which something can be otherwise than it was captured; `all` where others may have heard of it. */
export type Touched = ReadonlySet<string> | 'all';

/** What a step of a plan may do without anybody noticing on another node: it changes its own kernel, or a file that nobody else reads. */
const OWN_NODE = new Set([
  'address',
  'chain-policy',
  'conntrack-entries',
  'fdb',
  'file',
  'iptables-rule',
  'link',
  'neighbour',
  'nft-chain-policy',
  'nft-rule',
  'nft-table',
  'route',
  'rule',
  'socket-close',
  'sysctl',
]);

/** Words of lines that change what the components of all nodes follow, or a component. */
const HEARD = /\b(etcdctl|kubectl|systemctl|p?kill|dockerd|flanneld|kube-proxy)\b/;

/** The nodes that performing a finding's plan, or taking it back, touches. */
export const touchedByPlan = ({ fixedOn, does }: Pick<Finding, 'fixedOn' | 'does'>): Touched =>
  does.every((kind) => OWN_NODE.has(kind)) ? new Set(fixedOn) : 'all';

/** The nodes that lines touch: those they are run on, or whose pods they are run in. The switch's ports are the nodes' own cables. */
export function touchedByLines({ nodes }: Pick<Cluster, 'nodes'>, lines: readonly Line[]): Touched {
  const touched = new Set<string>();
  for (const { at, run } of lines) {
    if (typeof at === 'string' || HEARD.test(run)) return 'all';
    const home = 'node' in at ? at.node : nodes.find(({ pods }) => pods.some(({ name }) => name === at.pod))?.name;
    if (home === undefined) return 'all';
    touched.add(home);
  }
  return touched;
}

/** What either touches. */
export const touchedByBoth = (one: Touched, other: Touched): Touched => (one === 'all' || other === 'all' ? 'all' : one.union(other));

/** Captures of the nodes that were touched since others were taken, in one look, and of the rest those that were taken then. */
export async function capturedAgain(
  bench: Bench,
  name: string,
  since: { readonly archives: readonly string[]; readonly touched: Touched },
  dead: readonly string[] = [],
): Promise<readonly string[]> {
  const { archives, touched } = since;
  const untouched = touched === 'all' ? [] : bench.cluster.nodes.map((node) => node.name).filter((node) => !touched.has(node));
  const now = await capturedOnce(bench, name, [...dead, ...untouched]);
  const names = new Set(now.map((path) => basename(path)));
  return [...now, ...archives.filter((path) => !names.has(basename(path)))];
}
