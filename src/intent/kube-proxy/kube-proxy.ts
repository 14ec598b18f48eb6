import type { Action } from '#change/change';
import { defineComponent } from '../component.ts';
import { fullSync } from './full-sync.ts';

const startsKubeProxy = ({ do: id, params }: Action): boolean =>
  id === 'unit-restart' &&
  typeof params === 'object' &&
  params !== null &&
  'unit' in params &&
  /^kube-proxy(\.service)?$/.test(String(params.unit));

/** kube-proxy v1.34 in iptables mode: a start writes all of its rules anew; what others change in them it does not see. */
export default defineComponent({
  id: 'kube-proxy',
  reacts: (_, after, change) => (startsKubeProxy(change) ? fullSync(after, change.on.node) : after),
});
