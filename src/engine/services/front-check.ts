import { podNamespaces } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';
import type { Check } from '../check.ts';
import { flowCheck } from '../invariants/flow-check.ts';

/** Questions for a Service's own first port, from the first captured pod of every node: what its clients would see. */
export function serviceAsks(facts: Facts, { namespace, name, clusterIps, ports }: FactOf<'service'>): readonly Check[] {
  const [address, port] = [clusterIps[0], ports[0]];
  if (address === undefined || port === undefined || port.protocol === 'SCTP') return [];
  const protocol = port.protocol === 'UDP' ? 'udp' : 'tcp';
  return facts.nodes().map((node) => {
    const pod = podNamespaces(facts).find((one) => one.node === node && one.placedBy !== null);
    const who = pod?.name ?? node;
    const flow = { from: pod?.scope ?? onNode(node), to: address, protocol, port: port.port } as const;
    return flowCheck('service', `${who}→${namespace}/${name}/${protocol}`, flow, {
      en: `${who} reaches the Service ${namespace}/${name} at ${address}:${port.port}/${protocol}`,
      zh: `${who} 能访问 Service ${namespace}/${name}(${address}:${port.port}/${protocol})`,
    });
  });
}
