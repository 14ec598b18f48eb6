import { restartPod } from '#actions/pod-restart/preview';
import { kubectlNode } from '#actions/service-spec/preview';
import { restartUnit } from '#actions/unit-restart/preview';
import type { Action } from '#change/change';
import type { Facts } from '#facts/facts';
import { flanneldPod, flanneldUnit } from '#intent/flannel/daemon';
import { onNode } from '#snapshot/scope';

/** Starts flanneld on a node anew, however it runs there; nothing where neither its unit nor its pod was captured. */
export function restartedFlanneld(facts: Facts, node: string): Action | undefined {
  const [unit, pod] = [flanneldUnit(facts, node), flanneldPod(facts, node)];
  if (unit !== undefined) return restartUnit(onNode(node), unit.name);
  return pod === undefined ? undefined : restartPod(kubectlNode(facts), pod, node);
}
