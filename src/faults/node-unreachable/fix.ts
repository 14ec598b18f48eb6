import { setLinkUp } from '#actions/link/preview';
import { addRoute } from '#actions/route/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { plainRoute } from '#facts/route/own-routes';
import { cidrOf, contains, everything } from '#net/cidr';
import { parseIp } from '#net/ip';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

const isDefault = ({ table, to, type }: FactOf<'route'>): boolean => table === 'main' && to === '0.0.0.0/0' && type === 'unicast';

/** The gateway that other nodes of the same network use. */
function gatewayOf(facts: Facts, { node, address, device }: Found): FactOf<'route'>['hops'][number]['via'] {
  const ip = parseIp(address);
  const own = facts.seen('address', onNode(node));
  const length = own.is === 'seen' ? own.value.find((one) => one.address === ip && one.dev === device)?.length : undefined;
  if (ip === undefined || length === undefined) return null;
  for (const other of facts.nodes()) {
    const routes = facts.seen('route', onNode(other));
    const via = routes.is === 'seen' && other !== node ? (routes.value.find(isDefault)?.hops[0]?.via ?? null) : null;
    if (via !== null && contains(cidrOf(ip, length), via)) return via;
  }
  return null;
}

/** A device that is set up again, with the default route that it lost; anything else is for a person at the machine. */
export function fix(params: Found, facts: Facts): Plan {
  const { node, device, state } = params;
  const scope = onNode(node);
  const routes = facts.seen('route', scope);
  const via = routes.is === 'seen' && !routes.value.some(isDefault) ? gatewayOf(facts, params) : null;
  const route =
    via === null
      ? []
      : [addRoute(scope, plainRoute(everything(4), device, { hops: [{ dev: device, via, onlink: false, weight: 1, dead: false }] }))];
  const isDown = state === 'down' && device !== null;
  return {
    steps: isDown ? [setLinkUp(scope, device), ...route] : [],
    ...(isDown
      ? {}
      : {
          manual: {
            en: `look at ${node} itself: power, console, cable, switch port, virtual network`,
            zh: `检查 ${node} 本身：电源、控制台、网线、交换机端口、虚拟网络`,
          },
        }),
    blast: { en: `${node} comes back with all its pods`, zh: `${node} 及其全部 Pod 恢复` },
  };
}
