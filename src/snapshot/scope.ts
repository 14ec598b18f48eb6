/** Where a fact holds: one network namespace of one node, a node (`netns` is its root namespace, ''), or the cluster (both ''). */
export type Scope = { readonly node: string; readonly netns: string };

/** What belongs to no single node: leases, API objects. */
export const CLUSTER: Scope = { node: '', netns: '' };

/** The root network namespace of a node, and what belongs to the node as a whole. */
export const onNode = (node: string): Scope => ({ node, netns: '' });

export const scopeText = ({ node, netns }: Scope): string => (node === '' ? 'cluster' : netns === '' ? node : `${node}/${netns}`);
