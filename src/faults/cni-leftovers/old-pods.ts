import { absent, found, type Ruling } from '#engine/ruling';
import type { Ending, View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { LeftoverPod } from '#intent/leftovers/pods';
import { onNode, scopeText } from '#snapshot/scope';
import type { Pods } from './text-pods.ts';

/** What a pod is called, and where it was read that it has its address. */
const textOf = ({ pod }: LeftoverPod): string => pod.name ?? scopeText(pod.scope);

function addressFact(facts: Facts, { pod }: LeftoverPod): FactOf<'address'> | undefined {
  const own = facts.seen('address', pod.scope);
  return own.is === 'gap' ? undefined : own.value.find(({ address, dev }) => address === pod.address && dev === pod.device);
}

/** A failing way from or to a pod. */
const concerns =
  ({ pod }: LeftoverPod) =>
  ({ walk }: Ending): boolean =>
    [walk.packet.source, walk.packet.destination, walk.received.source, walk.received.destination].includes(pod.address);

/** Whether packets of the pods fail that an earlier pod network made. */
export function podsRuling(node: string, view: View, left: readonly LeftoverPod[]): Ruling<Pods> {
  const endings = view.endings();
  const failing = left.filter((one) => endings.some(concerns(one)));
  const [first] = failing;
  const evidence = (failing.length > 0 ? failing : left).slice(0, 4).flatMap((one) => addressFact(view.facts, one) ?? []);
  const written = view.seen('subnet-env', onNode(node));
  const told = written.is === 'seen' ? written.value.slice(0, 1) : [];
  if (first === undefined || evidence.length === 0) return absent(evidence);
  const { plugin, running, pod, subnets } = first;
  return found({ left: 'pods', node, plugin, running, pods: failing.map((one) => textOf(one)), address: pod.address, subnets }, [
    ...evidence,
    ...told,
  ]);
}
