import { podNamespaces } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';
import type { Check } from '../check.ts';
import { familyOf } from '#net/ip';
import { flowCheck } from '../invariants/flow-check.ts';
import { speaks } from './speaks.ts';
import { askVirtual } from './virtual.ts';

/** Questions for a Service's own first port at each of its addresses, from the first captured pod of every node: what its clients would see. */
export function serviceAsks(facts: Facts, { namespace, name, clusterIps, ports }: FactOf<'service'>): readonly Check[] {
  const [port] = ports;
  if (port === undefined || port.protocol === 'SCTP') return [];
  const protocol = port.protocol === 'UDP' ? 'udp' : 'tcp';
  const asked = facts.nodes().flatMap((node) => clusterIps.map((address) => ({ node, address })));
  return asked.flatMap(({ node, address }): readonly Check[] => {
    const pod = podNamespaces(facts).find((one) => one.node === node && one.placedBy !== null);
    const [who, from] = [pod?.name ?? node, pod?.scope ?? onNode(node)];
    if (!speaks(facts, from, address)) return [];
    const flow = { from, to: address, protocol, port: port.port } as const;
    const words = {
      en: `${who} reaches the Service ${namespace}/${name} at ${address}:${port.port}/${protocol}`,
      zh: `${who} 能访问 Service ${namespace}/${name}(${address}:${port.port}/${protocol})`,
    };
    const id = `${who}→${namespace}/${name}/${protocol}${familyOf(address) === 6 ? '6' : ''}`;
    return [{ ...flowCheck('service', id, flow, words), ask: askVirtual(flow) }];
  });
}
