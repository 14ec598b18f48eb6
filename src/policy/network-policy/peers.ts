import { selects } from '#facts/label-selector';
import type { NetworkPolicy, PolicyPeer } from '#facts/network-policy/network-policy';
import { contains } from '#net/cidr';
import { type NamespaceLabels, selectsNamespace } from '../namespaces.ts';
import type { PolicyEnd } from '../question.ts';
import { all, any, type Three } from '../three.ts';

/** What matching needs to know beside the objects. */
export type Matching = {
  readonly labelsOf: (namespace: string) => NamespaceLabels;
  /** Whether an ipBlock holds pods too. The API leaves it to the plugin; `undefined`: nobody knows which one it is. */
  readonly blocksHoldPods: Three;
  /** Whether it holds the cluster's nodes: those of Cilium only with `policy-cidr-match-mode=nodes`, which objects do not tell. */
  readonly blocksHoldNodes: Three;
};

/** Whether a rule's peers hold the other end. */
export function peersHold(policy: NetworkPolicy, peers: readonly PolicyPeer[] | null, end: PolicyEnd, matching: Matching): Three {
  if (peers === null) return true;
  return any(peers, (peer) => peerHolds(policy, peer, end, matching));
}

function peerHolds({ namespace }: NetworkPolicy, peer: PolicyPeer, end: PolicyEnd, matching: Matching): Three {
  const { labelsOf, blocksHoldPods, blocksHoldNodes } = matching;
  if (peer.is === 'unclear') return undefined;
  if (peer.is === 'block') {
    const isIn = contains(peer.cidr, end.address) && !peer.except.some((one) => contains(one, end.address));
    if (!isIn) return false;
    return end.is === 'pod' ? blocksHoldPods : end.node === null ? true : blocksHoldNodes;
  }
  if (end.is !== 'pod') return false;
  const { pod } = end;
  const conditions: readonly (() => Three)[] = [
    () => (peer.namespaces === null ? pod.namespace === namespace : selectsNamespace(peer.namespaces, labelsOf(pod.namespace))),
    () => (peer.pods === null ? true : pod.labels === undefined ? undefined : selects(peer.pods, pod.labels)),
  ];
  return all(conditions, (condition) => condition());
}
