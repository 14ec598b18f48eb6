import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import type { FactRef } from '../outcome.ts';
import { setting } from '../setting.ts';

/** A table without room: whether the new connection is refused, or another may be dropped for it. */
export type Full =
  | { readonly is: 'full'; readonly says: string; readonly by: readonly FactRef[] }
  | { readonly is: 'gap'; readonly gap: Gap };

/**
 * Whether the connection table takes one more (net/netfilter/nf_conntrack_core.c __nf_conntrack_alloc). A full one makes room by
 * dropping an entry that is not assured, if the few buckets that it looks into hold one (early_drop).
 */
export function fullTable(stack: Stack): Full | undefined {
  const count = setting(stack, 'net.netfilter.nf_conntrack_count');
  const most = setting(stack, 'net.netfilter.nf_conntrack_max');
  if (count === undefined || most === undefined || count.value < most.value) return undefined;
  const { connections } = stack;
  const says = `the connection table is full: ${count.value} of ${most.value}`;
  const by = [...count.by, ...most.by];
  const allAssured = connections.is === 'seen' && connections.complete && connections.table.allAssured;
  if (allAssured) return { is: 'full', says, by };
  const detail = `${says}; whether an entry that is not assured makes room is not known`;
  return { is: 'gap', gap: { of: 'conntrack', scope: stack.scope, why: 'not modelled', detail } };
}
