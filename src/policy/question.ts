import type { Pod } from '#facts/pod/pod';
import type { Ip } from '#net/ip';

/** One end of a connection as policies see it: a pod, or an address that is no pod's (a node's, or a client's outside). */
export type PolicyEnd =
  | { readonly is: 'pod'; readonly pod: Pod; readonly address: Ip }
  /** `node`: whose address it is; pods of a node's own network are the node too. */
  | { readonly is: 'address'; readonly address: Ip; readonly node: string | null };

/** May one end open a connection to a port of the other? The port is the one of the pod itself, behind every Service. */
export type PolicyQuestion = {
  readonly from: PolicyEnd;
  readonly to: PolicyEnd;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'ICMP';
  /** `null` where the protocol has none. */
  readonly port: number | null;
};

/** The end that a pod is; one in its node's network is its node. */
export function endOfPod(pod: Pod, address: Ip | undefined = pod.addresses[0]): PolicyEnd | undefined {
  if (address === undefined) return undefined;
  return pod.hostNetwork === true ? { is: 'address', address, node: pod.node ?? null } : { is: 'pod', pod, address };
}

/** How an end is called. */
export const endText = (end: PolicyEnd): string =>
  end.is === 'pod' ? `${end.pod.namespace}/${end.pod.name}` : end.node === null ? end.address : `${end.node} (${end.address})`;
