import type { Facts } from '#facts/facts';
import { onNode } from '#snapshot/scope';

/** The unit that runs kube-proxy on a node; `null` where none is seen: then it is a pod of a DaemonSet, or not there. */
export function kubeProxyUnit(facts: Facts, node: string): string | null {
  const units = facts.seen('unit', onNode(node));
  const unit = units.is === 'seen' ? units.value.find(({ name }) => /^kube-proxy(\.service)?$/.test(name)) : undefined;
  return unit?.directives === undefined ? null : unit.name;
}

/** Whether kube-proxy runs on a node; `null` where the processes were not read, or it may be one that the capture could not see. */
export function kubeProxyRuns(facts: Facts, node: string): boolean | null {
  const processes = facts.seen('process', onNode(node));
  if (processes.is === 'gap') return null;
  if (processes.value.some(({ name }) => name === 'kube-proxy')) return true;
  return processes.complete && !isHidden(facts, node) ? false : null;
}

/** kube-proxy's metrics and its health check. */
const OWN_PORTS = [10249, 10256];

/** A capture in a container that does not share the node's processes finds kube-proxy's sockets, and nobody whose they are. */
function isHidden(facts: Facts, node: string): boolean {
  const sockets = facts.seen('socket', onNode(node));
  return (
    sockets.is === 'seen' &&
    sockets.value.some(({ state, local, process }) => state === 'LISTEN' && OWN_PORTS.includes(local.port) && process == null)
  );
}

/** What a flag of the kube-proxy that runs on a node says; nothing where the flag is not given, or the processes were not read. */
export function kubeProxyFlag(facts: Facts, node: string, flag: string): string | undefined {
  const processes = facts.seen('process', onNode(node));
  const argv = processes.is === 'seen' ? processes.value.find(({ name }) => name === 'kube-proxy')?.argv : undefined;
  return argv?.findLast((word) => word.startsWith(`--${flag}=`))?.slice(flag.length + 3);
}
