import type { AdminPeer, AdminPolicy, AdminPort, AdminRule } from '#facts/admin-policy/admin-policy';
import { type Labels, selects } from '#facts/label-selector';
import { contains } from '#net/cidr';
import { type NamespaceLabels, selectsNamespace } from '../namespaces.ts';
import type { PolicyEnd, PolicyQuestion } from '../question.ts';
import { all, any, type Three } from '../three.ts';

/** What matching needs to know beside the objects. `nodes`: their labels; nothing of one that was not read. */
export type AdminMatching = {
  readonly labelsOf: (namespace: string) => NamespaceLabels;
  readonly nodes: ReadonlyMap<string, Labels>;
  /** Whether all nodes were read: then an address that is none's is nobody's of the cluster. */
  readonly areAllNodes: boolean;
};

/** Whether a peer, or a policy's subject, holds an end. Pods in their node's network are the node. */
export function peerHolds(peer: AdminPeer, end: PolicyEnd, { labelsOf, nodes, areAllNodes }: AdminMatching): Three {
  switch (peer.is) {
    case 'unclear':
      return undefined;
    case 'networks':
      return peer.cidrs.some((one) => contains(one, end.address));
    case 'nodes': {
      if (end.is === 'pod') return false;
      if (end.node === null) return areAllNodes ? false : undefined;
      const labels = nodes.get(end.node);
      return labels === undefined ? undefined : selects(peer.labels, labels);
    }
    case 'pods': {
      if (end.is !== 'pod') return false;
      const { pod } = end;
      const conditions: readonly (() => Three)[] = [
        () => selectsNamespace(peer.namespaces, labelsOf(pod.namespace)),
        () => (pod.labels === undefined ? onlyIfEmpty(peer) : selects(peer.pods, pod.labels)),
      ];
      return all(conditions, (condition) => condition());
    }
  }
}

/** Of a pod whose labels nobody told only what asks for none holds. */
const onlyIfEmpty = ({ pods }: Extract<AdminPeer, { is: 'pods' }>): Three =>
  Object.keys(pods.matchLabels).length === 0 && pods.matchExpressions.length === 0 ? true : undefined;

/** Whether a rule of a policy holds for a connection of a pod that may be its subject. */
export function ruleHolds(policy: AdminPolicy, rule: AdminRule, [here, there]: readonly [PolicyEnd, PolicyEnd], asked: Asked): Three {
  const { question, matching } = asked;
  const conditions: readonly (() => Three)[] = [
    () => peerHolds(policy.subject, here, matching),
    () => any(rule.peers, (peer) => peerHolds(peer, there, matching)),
    () => (rule.ports === null ? true : any(rule.ports, (port) => portHolds(port, question))),
    () => (rule.unclear === null ? true : undefined),
  ];
  return all(conditions, (condition) => condition());
}

/** A question, with what is known to answer it. */
export type Asked = { readonly question: PolicyQuestion; readonly matching: AdminMatching };

/** A name is one of the destination's own container ports; addresses have none. */
function portHolds(port: AdminPort, { protocol, port: asked, to }: PolicyQuestion): Three {
  if (port.is === 'unclear') return undefined;
  if (port.is === 'range') {
    if (port.protocol !== protocol) return false;
    return port.range === null || (asked !== null && asked >= port.range[0] && asked <= port.range[1]);
  }
  if (to.is !== 'pod') return false;
  const { ports } = to.pod;
  return ports?.some((one) => one.name === port.name && one.protocol === protocol && one.port === asked);
}
