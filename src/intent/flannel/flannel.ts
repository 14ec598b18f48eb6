import type { Action } from '#change/change';
import { defineComponent } from '../component.ts';
import { isFlannelPod } from './daemon.ts';
import { followLeases } from './follow.ts';
import { startFlanneld } from './restart.ts';

const isFlanneld = (params: unknown): boolean =>
  typeof params === 'object' && params !== null && 'unit' in params && /^flannel(d)?(\.service)?$/.test(String(params.unit));

const textIn = (params: unknown, name: string): string =>
  typeof params === 'object' && params !== null ? String(Reflect.get(params, name) ?? '') : '';

/** The node on which the action (re)starts flanneld, as a unit or as the pod of its DaemonSet. */
function startsFlanneldOn({ do: id, on, params }: Action): string | undefined {
  if (id === 'unit-restart') return isFlanneld(params) ? on.node : undefined;
  return id === 'pod-restart' && isFlannelPod(textIn(params, 'name')) ? textIn(params, 'node') : undefined;
}

/** The key of etcd that the action writes, where it writes one. */
const keyWritten = ({ do: id, params }: Action): string | undefined =>
  id === 'etcd-key' && typeof params === 'object' && params !== null && 'key' in params ? String(params.key) : undefined;

/**
 * flanneld v0.28.4 on etcd with the vxlan backend, as it was measured: peers follow a changed lease within a millisecond, the
 * owner does not defend its own, a restart heals only what the restarted node holds, and nobody repairs an entry that was
 * deleted by hand.
 */
export default defineComponent({
  id: 'flannel',
  reacts: (before, after, change) => {
    const node = startsFlanneldOn(change);
    return node === undefined ? followLeases(before, after, keyWritten(change)) : startFlanneld(after, node);
  },
});
