import type { Action } from '#change/change';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { etcdAccess } from '#intent/flannel/daemon';
import { onNode } from '#snapshot/scope';
import { deleteEtcdKey, type EtcdKey, putEtcdKey } from './preview.ts';

type Lease = FactOf<'lease'>;

function keyOf(facts: Facts, node: string, lease: Lease): Omit<EtcdKey, 'to'> | undefined {
  const access =
    etcdAccess(facts, node) ??
    facts
      .nodes()
      .map((other) => etcdAccess(facts, other))
      .find((one) => one !== undefined);
  if (lease.store.in !== 'etcd' || lease.value === undefined || access === undefined) return undefined;
  return { access, api: lease.store.api ?? 3, key: lease.store.key, was: lease.value };
}

/** Puts another value under a lease's key, keeping its etcd lease; nothing where etcd's entry is not known well enough for that. */
export function putLease(facts: Facts, node: string, lease: Lease, value: string): Action<EtcdKey> | undefined {
  const key = keyOf(facts, node, lease);
  if (key === undefined || (key.api === 3 && lease.etcdLease === undefined)) return undefined;
  return putEtcdKey(onNode(node), key, value, lease.etcdLease ?? null);
}

/** Deletes a lease's key. To be used for a lease that nobody lives in: its owner's flanneld would end. */
export function deleteLease(facts: Facts, node: string, lease: Lease): Action<EtcdKey> | undefined {
  const key = keyOf(facts, node, lease);
  return key === undefined ? undefined : deleteEtcdKey(onNode(node), key);
}
