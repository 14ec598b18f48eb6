import { deleteAddress } from '#actions/address/preview';
import { deleteNeighbour } from '#actions/neighbour/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import { onNode } from '#snapshot/scope';
import { type Holder, neighboursFor } from './holders.ts';

/** Takes the address from the one that should not have it, and lets the nodes ask anew who has it. */
export function fix(facts: Facts, among: readonly Holder[]): Plan {
  const intruders = among.filter(({ isIntruder }) => isIntruder);
  const [intruder] = intruders.length < among.length ? intruders : [];
  const names = among.map(({ text }) => text).join(', ');
  return {
    steps:
      intruder === undefined
        ? []
        : [
            deleteAddress(intruder.scope, intruder.address.dev, intruder.address.address, intruder.address.length),
            ...neighboursFor(facts, intruder.address.address, among).map(({ node, entry }) =>
              deleteNeighbour(onNode(node), entry.dev, entry.address),
            ),
          ],
    ...(intruder === undefined
      ? {
          manual: {
            en: `delete one of ${names}: the CNI gives the new pod an address of its own`,
            zh: `删除 ${names} 中的一个，由 CNI 为新 Pod 分配独立地址`,
          },
        }
      : {}),
    blast: { en: `connections of ${names} that use this address`, zh: `${names} 中使用该地址的连接` },
    lasting: {
      en: 'look for a lost or copied address store (/var/lib/cni/networks), cloned nodes, overlapping pod subnets',
      zh: '检查地址分配记录（/var/lib/cni/networks）是否丢失或被复制、节点是否为克隆、Pod 子网是否重叠',
    },
  };
}
