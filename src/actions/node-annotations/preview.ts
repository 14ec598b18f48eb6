import { type Action, defineAction, type Preview } from '#change/change';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { readAnnotations } from '#intent/flannel/annotations';
import { CLUSTER, type Scope } from '#snapshot/scope';

/** Annotations of one Node object with their new values; what stands there must be what was captured. */
export type NodeAnnotations = {
  readonly node: string;
  readonly was: Readonly<Record<string, string | null>>;
  readonly to: Readonly<Record<string, string>>;
};

/** Annotates a Node by whoever has kubectl; what flanneld then does is told by `intent`. */
export const annotateNode = (on: Scope, params: NodeAnnotations): Action<NodeAnnotations> => ({ do: 'node-annotations', on, params });

/** The same as a person would type it. */
export const annotateCommand = (node: string, to: Readonly<Record<string, string | null>>): readonly string[] => [
  'kubectl',
  'annotate',
  'node',
  node,
  '--overwrite',
  ...Object.entries(to).map(([name, value]) => (value === null ? `${name}-` : `${name}=${value}`)),
];

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The Node object where it was read, and the lease that flannel keeps in its annotations. */
function edits(facts: Facts, { node, to }: NodeAnnotations, lease: FactOf<'lease'>): readonly Edit[] {
  const nodes = facts.seen('node', CLUSTER);
  const object = nodes.is === 'seen' ? nodes.value.find(({ name }) => name === node) : undefined;
  const { origin: _, ...rest } = lease;
  const put: Edit = { op: 'put', kind: 'lease', scope: CLUSTER, fact: { ...rest, ...readAnnotations(to, lease) } };
  if (object === undefined) return [put];
  const { origin: _object, ...own } = object;
  return [{ op: 'put', kind: 'node', scope: CLUSTER, fact: { ...own, annotations: { ...own.annotations, ...to } } }, put];
}

function preview(facts: Facts, { params }: Action<NodeAnnotations>): Preview {
  const leases = facts.seen('lease', CLUSTER);
  if (leases.is === 'gap') return { is: 'unknown', gap: leases.gap };
  const lease = leases.value.find(({ store }) => store.in === 'node' && store.node === params.node);
  const detail = `flannel keeps no lease on the Node ${params.node}`;
  if (lease === undefined) return { is: 'unknown', gap: { of: 'lease', scope: CLUSTER, why: 'not collected', detail } };
  return { is: 'facts', facts: edit(facts, edits(facts, params, lease), `kubectl annotate node ${params.node}`) };
}

export default defineAction<NodeAnnotations>({
  id: 'node-annotations',
  rights: 'patch on nodes',
  command: ({ params: { node, to } }) => annotateCommand(node, to).map(quoted).join(' '),
  diff: (_, { params: { node, was, to } }) =>
    Object.entries(to).flatMap(([name, value]) => {
      const before = was[name] ?? null;
      return [...(before === null ? [] : [`- node ${node} ${name}=${before}`]), `+ node ${node} ${name}=${value}`];
    }),
  preview,
});
