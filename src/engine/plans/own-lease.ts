import { putLease } from '#actions/etcd-key/lease';
import { annotateNode } from '#actions/node-annotations/preview';
import { kubectlNode } from '#actions/service-spec/preview';
import type { Action } from '#change/change';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { annotationsFor, type Own } from '#intent/flannel/annotations';
import { withPublicIp, withVtepMac } from '#intent/flannel/value';

/**
 * Writes into a lease what its node really is, wherever flannel keeps it: in etcd under the same etcd lease, or in the Node's
 * annotations. Nothing where the entry is not known well enough for that.
 */
export function writeLease(facts: Facts, node: string, lease: FactOf<'lease'>, own: Own): Action | undefined {
  if (lease.value === undefined) return undefined;
  if (lease.store.in === 'node') return annotateNode(kubectlNode(facts), { node: lease.store.node, ...annotationsFor(lease, own) });
  const withMac = own.vtepMac === undefined ? lease.value : withVtepMac(lease.value, own.vtepMac);
  return putLease(facts, node, lease, own.publicIp === undefined ? withMac : withPublicIp(withMac, own.publicIp));
}
