import { deleteRoute, replaceRoute } from '#actions/route/preview';
import type { Plan } from '#engine/plan';
import type { FactOf } from '#facts/kinds';
import type { BareRoute } from '#facts/route/own-routes';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Takes the refusing route away; where it stands in the place of flannel's own, puts that back. */
export function fix({ from, to }: Found, refusing: FactOf<'route'>, intended: BareRoute | undefined): Plan {
  const scope = onNode(from);
  return {
    steps: [intended === undefined ? deleteRoute(scope, refusing) : replaceRoute(scope, intended)],
    blast: { en: `only packets from ${from} to the pods of ${to}`, zh: `只影响 ${from} 发往 ${to} 上 Pod 的流量` },
    lasting: {
      en: 'find who made it: bogon lists and VPN scripts leave the pod network out; on a former Calico node check `calicoctl ipam check`',
      zh: '查清来源：黑洞列表、VPN 脚本应排除 Pod 网段；若节点用过 Calico，请用 `calicoctl ipam check` 检查残留的地址块',
    },
  };
}
