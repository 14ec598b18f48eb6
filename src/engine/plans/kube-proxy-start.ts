import { restartUnit } from '#actions/unit-restart/preview';
import { onNode } from '#snapshot/scope';
import type { Plan } from '../plan.ts';

/** Starts kube-proxy of a node anew, by its unit; without one it is a DaemonSet's pod, which a person deletes. */
export function startKubeProxy(node: string, unit: string | null): Pick<Plan, 'steps' | 'manual' | 'byHand' | 'blast'> {
  const restart = restartUnit(onNode(node), unit ?? 'kube-proxy');
  const blast = {
    en: `kube-proxy on ${node} writes all of its rules anew; connections that are up stay up`,
    zh: `${node} 上的 kube-proxy 会重写全部规则，已有连接不受影响`,
  };
  if (unit !== null) return { steps: [restart], blast };
  const command = `kubectl -n kube-system delete pod --field-selector spec.nodeName=${node} -l k8s-app=kube-proxy`;
  return { steps: [], manual: { en: command, zh: command }, byHand: [restart], blast };
}
