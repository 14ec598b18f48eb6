import { isOver } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import { contains } from '#net/cidr';
import type { Ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { CLUSTER, onNode } from '#snapshot/scope';

/** Where the API's objects say that the machine of an endpoint is: by its Pod, by its Node, or by the range that a Node was given. */
function toldOf(endpoint: Ip, facts: Facts): { readonly name: string; readonly addresses: readonly Ip[] } | undefined {
  const [nodes, pods] = [facts.seen('node', CLUSTER), facts.seen('pod', CLUSTER)];
  const pod = pods.is === 'gap' ? undefined : pods.value.find((one) => !isOver(one) && one.addresses.includes(endpoint));
  const all = nodes.is === 'gap' ? [] : nodes.value;
  const node = all.find(({ name, podCidrs }) =>
    typeof pod?.node === 'string' ? name === pod.node : podCidrs.some((range) => contains(range, endpoint)),
  );
  const name = node?.name ?? pod?.node;
  const host = pod?.hostIp;
  return typeof name === 'string' ? { name, addresses: [...(host == null ? [] : [host]), ...(node?.internalIps ?? [])] } : undefined;
}

const isFailed = (facts: Facts, address: Ip): boolean =>
  facts.nodes().some((node) => {
    const neighbours = facts.seen('neighbour', onNode(node));
    return neighbours.is === 'seen' && neighbours.value.some((one) => one.address === address && one.state === 'failed');
  });

/** Why a machine that answers nobody need not be that of an endpoint: the API's objects say that its Node is at another address. */
export function elsewhere(endpoints: readonly Ip[], machine: Ip, facts: Facts): Gap | undefined {
  for (const endpoint of endpoints) {
    const told = toldOf(endpoint, facts);
    const { name, addresses } = told ?? { name: '', addresses: [] };
    if (addresses.length === 0 || addresses.includes(machine) || addresses.some((address) => isFailed(facts, address))) continue;
    const at = [...new Set(addresses)].join(', ');
    const detail = `the Node ${name} of ${endpoint} is at ${at} by the API's objects, while its lease names ${machine}: whether it lives is not known, for it was not captured`;
    return { of: 'neighbour', scope: CLUSTER, why: 'not collected', detail, capture: `leadline capture on ${name}` };
  }
  return undefined;
}
