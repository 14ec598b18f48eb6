import { type Pod, podsOf } from './pods.ts';
import type { Facts } from '#facts/facts';
import type { Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';
import type { Check } from '../check.ts';
import { flowCheck, following, type Place } from './flow-check.ts';

/** Each pod reaches its node's bridge address, and the node reaches each of its pods: what kubelet's probes need. */
export function nodePods(facts: Facts): readonly Check[] {
  return podsOf(facts).flatMap((pod) => {
    const { address } = pod;
    if (address === null) return [];
    const gateway = gatewayOf(pod, facts);
    const up = gateway === undefined ? [] : [following(podToNode(pod, gateway), bridgeOf(pod))];
    const place = { scope: pod.scope, device: pod.device ?? '' };
    return [...up, following(nodeToPod(pod, address), place)];
  });
}

const bridgeOf = ({ node, bridge }: Pod): Place => ({ scope: onNode(node), device: bridge ?? '' });

/** The address of the bridge that the pod hangs on. */
function gatewayOf(pod: Pod, facts: Facts): Ip | undefined {
  const addresses = facts.seen('address', onNode(pod.node));
  if (addresses.is === 'gap') return undefined;
  return addresses.value.find(({ dev, length }) => dev === pod.bridge && length < 32)?.address;
}

const podToNode = (pod: Pod, gateway: Ip): Check =>
  flowCheck(
    'pod-node',
    pod.text,
    { from: pod.scope, to: gateway, protocol: 'icmp' },
    {
      en: `the pod ${pod.text} reaches its node ${pod.node}`,
      zh: `Pod ${pod.text} 能访问所在节点 ${pod.node}`,
    },
  );

const nodeToPod = (pod: Pod, address: Ip): Check =>
  flowCheck(
    'node-pod',
    `${pod.node}→${pod.text}`,
    { from: onNode(pod.node), to: address, protocol: 'icmp' },
    {
      en: `the node ${pod.node} reaches its pod ${pod.text}`,
      zh: `节点 ${pod.node} 能访问其上的 Pod ${pod.text}`,
    },
  );
