import type { NftElement, NftExpression, NftVerdict } from '#facts/nft/nft';
import type { Front } from '../fronts.ts';
import { rangesOf, type ServicePort, type Sorted } from '../service-port.ts';
import { namesOf } from './names.ts';
import { verdictOf } from './written.ts';

/** An element of one of kube-proxy's sets and maps. */
export type Placed = { readonly set: string; readonly element: NftElement };

const keyOf = ({ address, protocol, port }: Front): NftExpression => ({ is: 'concat', parts: [address, protocol, port] });
const portKey = ({ protocol, port }: Front): NftExpression => ({ is: 'concat', parts: [protocol, port] });

const placed = (set: string, key: NftExpression, data: NftVerdict | null): Placed => ({ set, element: { key, data } });

/** What a Service port puts into the maps that lead to its chains, or turn away where nobody stands behind it. */
export function elementsOf(port: ServicePort, sorted: Sorted): readonly Placed[] {
  const names = namesOf(port);
  const { categories, hasInternal, hasExternal } = sorted;
  const away = categories.any ? verdictOf('drop') : verdictOf('goto', 'reject-chain');
  const internal = verdictOf('goto', port.policy.internal === 'Local' ? names.local : names.cluster);
  const guarded = rangesOf(port).length > 0;
  const addressed = [...port.externalIps, ...port.balancers];
  return [
    ...port.cluster.flatMap((front) => [
      placed('cluster-ips', front.address, null),
      hasInternal ? placed('service-ips', keyOf(front), internal) : placed('no-endpoint-services', keyOf(front), away),
    ]),
    ...addressed.flatMap((front) => [
      ...(categories.any ? [placed('service-ips', keyOf(front), verdictOf('goto', names.external))] : []),
      ...(hasExternal ? [] : [placed('no-endpoint-services', keyOf(front), away)]),
    ]),
    ...(guarded ? port.balancers.map((front) => placed('firewall-ips', keyOf(front), verdictOf('goto', names.firewall))) : []),
    ...port.nodePorts.flatMap((front) => [
      ...(categories.any ? [placed('service-nodeports', portKey(front), verdictOf('goto', names.external))] : []),
      ...(hasExternal ? [] : [placed('no-endpoint-nodeports', portKey(front), away)]),
    ]),
  ];
}
