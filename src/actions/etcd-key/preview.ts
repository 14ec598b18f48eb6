import { type Action, defineAction, type Preview } from '#change/change';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { type FactOf, kindOf } from '#facts/kinds';
import type { EtcdAccess } from '#intent/flannel/daemon';
import { readLeaseValue } from '#intent/flannel/value';
import { CLUSTER, type Scope } from '#snapshot/scope';

/** One key of flannel's in etcd: its value put under the etcd lease that it hangs on already, or the key deleted. */
export type EtcdKey = {
  readonly access: EtcdAccess;
  readonly api: 2 | 3;
  readonly key: string;
  /** The value that must still be there; anything else and nothing is done. */
  readonly was: string | null;
  readonly to: { readonly value: string; readonly etcdLease: string | null } | 'delete';
};

/** Puts a value under the same etcd lease, so that the key still goes away with its owner: a bare `etcdctl put` drops the lease. */
export const putEtcdKey = (on: Scope, it: Omit<EtcdKey, 'to'>, value: string, etcdLease: string | null): Action<EtcdKey> => ({
  do: 'etcd-key',
  on,
  params: { ...it, to: { value, etcdLease } },
});

/** Deletes a key. flanneld on the node that owns a deleted lease ends itself. */
export const deleteEtcdKey = (on: Scope, it: Omit<EtcdKey, 'to'>): Action<EtcdKey> => ({
  do: 'etcd-key',
  on,
  params: { ...it, to: 'delete' },
});

export default defineAction<EtcdKey>({
  id: 'etcd-key',
  rights: "write access to etcd, as flanneld's own certificate has it",
  diff: (_facts, { params: { key, was, to } }) => [
    ...(was === null ? [] : [`- ${key} ${was}`]),
    ...(to === 'delete' ? [] : [`+ ${key} ${to.value}`]),
  ],
  command: ({ params }) => commandOf(params).map(quoted).join(' '),
  preview,
});

/** The same as a person would type it. */
export function commandOf({ access, api, key, to }: EtcdKey): readonly string[] {
  const endpoints = access.endpoints.length === 0 ? [] : [`--endpoints=${access.endpoints.join(',')}`];
  if (api === 2) return ['env', 'ETCDCTL_API=2', 'etcdctl', ...endpoints, ...(to === 'delete' ? ['rm', key] : ['set', key, to.value])];
  const files = [
    ...(access.caFile === null ? [] : [`--cacert=${access.caFile}`]),
    ...(access.certFile === null ? [] : [`--cert=${access.certFile}`]),
    ...(access.keyFile === null ? [] : [`--key=${access.keyFile}`]),
  ];
  const lease = to === 'delete' || to.etcdLease === null ? [] : [`--lease=${to.etcdLease}`];
  const words = to === 'delete' ? ['del', key] : ['put', ...lease, key, to.value];
  return ['env', 'ETCDCTL_API=3', 'etcdctl', ...endpoints, ...files, ...words];
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

function preview(facts: Facts, { params }: Action<EtcdKey>): Preview {
  const { key, to } = params;
  const leases = facts.seen('lease', CLUSTER);
  if (leases.is === 'gap') return { is: 'unknown', gap: leases.gap };
  const now = leases.value.find(({ store }) => store.in === 'etcd' && store.key === key);
  if (to === 'delete') {
    const edits =
      now === undefined ? [] : [{ op: 'delete' as const, kind: 'lease' as const, scope: CLUSTER, key: kindOf('lease').key(now) }];
    return { is: 'facts', facts: edit(facts, edits, 'etcd-key') };
  }
  const fact = now === undefined ? undefined : putLease(now, to);
  if (fact === undefined)
    return { is: 'unknown', gap: { of: 'lease', scope: CLUSTER, why: 'not modelled', detail: `${key} is no flannel lease that was read` } };
  return { is: 'facts', facts: edit(facts, [{ op: 'put', kind: 'lease', scope: CLUSTER, fact }], 'etcd-key') };
}

function putLease(
  now: FactOf<'lease'>,
  { value, etcdLease }: Exclude<EtcdKey['to'], 'delete'>,
): Omit<FactOf<'lease'>, 'origin'> | undefined {
  const { origin: _, ...rest } = now;
  const attributes = readLeaseValue(value);
  return attributes === undefined ? undefined : { ...rest, ...attributes, etcdLease };
}
