import type { Action } from '#change/change';
import type { Facts } from '#facts/facts';
import { CLUSTER } from '#snapshot/scope';
import { defineComponent } from '../component.ts';
import { kubeProxyRuns } from './daemon.ts';
import { fullSync } from './full-sync.ts';

const startsKubeProxy = ({ do: id, params }: Action): boolean =>
  id === 'unit-restart' &&
  typeof params === 'object' &&
  params !== null &&
  'unit' in params &&
  /^kube-proxy(\.service)?$/.test(String(params.unit));

/** Whether the objects that rules are written from are others now. */
const isChanged = (before: Facts, after: Facts): boolean =>
  (['service', 'endpoints'] as const).some((kind) => before.partition(kind, CLUSTER) !== after.partition(kind, CLUSTER));

/** kube-proxy v1.34 in iptables mode: it follows changed objects on every node, and a start writes all of its rules anew; what others change in them it does not see. */
export default defineComponent({
  id: 'kube-proxy',
  reacts: (before, after, change) => {
    if (startsKubeProxy(change)) return fullSync(after, change.on.node);
    if (!isChanged(before, after)) return after;
    const following = after.nodes().filter((node) => kubeProxyRuns(after, node) === true);
    return following.reduce((facts, node) => fullSync(facts, node), after);
  },
});
